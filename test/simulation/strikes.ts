import type { Chance } from './chance.ts';
import type { Scenario, Strike, StrikeKind } from './scenario.ts';

/** Decides which calls are struck, and remembers which were. */
export interface Strikes {
  choose(call: string, nth: number, kinds: readonly StrikeKind[]): StrikeKind | null;
  readonly fired: readonly Strike[];
  /** Where strikes are listed, every one that could be, in the order of the calls. */
  possible(): readonly Strike[];
}

/** A crash costs most of what was under way, so that there are fewer of them than of the rest. */
const WEIGHTS: Readonly<Record<StrikeKind, number>> = {
  'crash before': 1,
  'crash after': 2,
  'lost answer': 3,
  'late effect': 2,
  refused: 2,
  repeated: 2,
  freeze: 1,
};

/** Strikes as a scenario has them: by chance until its faults end, or those of a list. */
export function chooseStrikes({ strikes, faultsEndMs }: Scenario, sinceStart: () => number, chance: Chance): Strikes {
  const fired: Strike[] = [];
  if (strikes.by === 'list') {
    const seen: { readonly call: string; readonly nth: number; readonly kinds: readonly StrikeKind[] }[] = [];
    const listed = new Map(strikes.list.map((strike) => [`${strike.call}#${strike.nth}`, strike]));
    return {
      choose(call, nth, kinds) {
        seen.push({ call, nth, kinds });
        const strike = listed.get(`${call}#${nth}`);
        if (strike === undefined || !kinds.includes(strike.kind)) return null;
        fired.push(strike);
        return strike.kind;
      },
      fired,
      possible: () => seen.flatMap(({ call, nth, kinds }) => kinds.map((kind) => ({ call, nth, kind }))),
    };
  }
  return {
    choose(call, nth, kinds) {
      if (strikes.calls !== undefined && !strikes.calls.includes(call)) return null;
      if (!chance.happens(strikes.rate) || sinceStart() >= faultsEndMs) return null;
      const ways = kinds.filter((kind) => strikes.kinds?.includes(kind) ?? true);
      if (ways.length === 0) return null;
      const kind = chance.pick(ways.flatMap((known) => Array.from({ length: WEIGHTS[known] }, () => known)));
      fired.push({ call, nth, kind });
      return kind;
    },
    fired,
    possible: () => [],
  };
}
