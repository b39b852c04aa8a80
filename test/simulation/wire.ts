import type { Chance } from './chance.ts';
import type { Service, StrikeKind } from './scenario.ts';
import type { Timeline } from './timeline.ts';

/** One life of an instance, from its start to its end; what it asked for after its end is never answered. */
export interface Life {
  readonly instance: number;
  readonly number: number;
  isOver: boolean;
  frozenUntilMs: number;
}

/** One call of an instance to the outside. */
export interface Call<T> {
  readonly service: Service;
  /** The same for all calls that are alike, without ids. */
  readonly name: string;
  readonly detail?: string;
  /** The longest that way and answer take together. */
  readonly longestMs: number;
  readonly strikes: readonly StrikeKind[];
  readonly effect: () => T;
  /** How many turns of the event loop the instance needs to take the answer in; none where it only awaits promises. */
  readonly turns?: number;
  /** What the instance gets when the answer is lost. */
  readonly ifLost: () => T;
  /** What it gets when nothing was done. */
  readonly ifRefused: () => T;
}

/** What decides on the faults of calls. */
export interface Striker {
  choose(name: string, nth: number, kinds: readonly StrikeKind[]): StrikeKind | null;
  isAway(service: Service): boolean;
}

/** Lets calls of instances happen on a timeline: between the call and its effect, and between that and the answer, others come first. */
export interface Wire {
  pass<T>(life: Life, call: Call<T>): Promise<T>;
  wait(life: Life, ms: number): Promise<void>;
  /** How many calls were made. */
  count(): number;
}

/** What a wire works with; `touch` is told whenever an instance was given something and goes on, and for how many turns of the event loop. */
export interface WireParts {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly striker: Striker;
  readonly crash: (life: Life) => void;
  readonly touch: (turns: number) => void;
  /** Told of every life that met a fault. */
  readonly struck: (life: Life) => void;
  readonly trace: (life: Life, what: () => string) => void;
}

type Outcome<T> = { readonly value: T } | { readonly fault: unknown };

const LOST_AFTER_MS = 3_000;
const LATE_BY_MS = 15_000;
const LONGEST_FREEZE_MS = 12 * 60_000;

/** Opens a wire. */
export function openWire({ timeline, chance, striker, crash, touch, struck, trace }: WireParts): Wire {
  const counts = new Map<string, number>();
  let calls = 0;

  function deliver(life: Life, turns: number, run: () => void): void {
    if (life.isOver) return;
    const leftMs = life.frozenUntilMs - timeline.now();
    if (leftMs > 0) {
      timeline.after(leftMs + chance.next() * 20, () => deliver(life, turns, run));
      return;
    }
    run();
    touch(turns);
  }

  function pass<T>(life: Life, call: Call<T>): Promise<T> {
    // Whoever was struck dead in the middle of a step does nothing more.
    if (life.isOver) return new Promise<T>(() => undefined);
    calls += 1;
    const nth = (counts.get(call.name) ?? 0) + 1;
    counts.set(call.name, nth);
    const strike = striker.choose(call.name, nth, call.strikes);
    if (strike !== null) struck(life);
    trace(life, () => `${call.name} #${nth}${call.detail ? ` ${call.detail}` : ''}${strike ? `  *** ${strike}` : ''}`);
    const goMs = chance.next() * 0.6 * call.longestMs;
    const backMs = chance.next() * 0.4 * call.longestMs;
    return new Promise<T>((resolve, reject) => {
      const answer = (ms: number, outcome: Outcome<T>): void => {
        timeline.after(ms, () =>
          deliver(life, call.turns ?? 0, () => ('fault' in outcome ? reject(outcome.fault) : resolve(outcome.value))),
        );
      };
      if (strike === 'crash before') {
        crash(life);
        return;
      }
      timeline.after(goMs, () => {
        // A request of a life that ended meanwhile may have left or not.
        if (life.isOver && chance.happens(0.5)) return;
        if (striker.isAway(call.service)) {
          struck(life);
          return answer(backMs + LOST_AFTER_MS, attempt(call.ifRefused));
        }
        switch (strike) {
          case null:
            return answer(backMs, attempt(call.effect));
          case 'crash after':
            attempt(call.effect);
            return crash(life);
          case 'lost answer':
            attempt(call.effect);
            return answer(backMs + LOST_AFTER_MS, attempt(call.ifLost));
          case 'late effect':
            timeline.after(chance.next() * LATE_BY_MS, () => attempt(call.effect));
            return answer(backMs, attempt(call.ifLost));
          case 'refused':
            return answer(backMs, attempt(call.ifRefused));
          case 'repeated':
            attempt(call.effect);
            return answer(backMs, attempt(call.effect));
          case 'freeze':
            life.frozenUntilMs = Math.max(life.frozenUntilMs, timeline.now() + chance.next() * LONGEST_FREEZE_MS);
            return answer(backMs, attempt(call.effect));
          default: {
            const unknown: never = strike;
            throw new Error(`Unknown strike ${String(unknown)}.`);
          }
        }
      });
    });
  }

  function wait(life: Life, ms: number): Promise<void> {
    return new Promise<void>((resolve) => timeline.after(ms, () => deliver(life, 0, resolve)));
  }

  return { pass, wait, count: () => calls };
}

function attempt<T>(effect: () => T): Outcome<T> {
  try {
    return { value: effect() };
  } catch (fault) {
    return { fault };
  }
}
