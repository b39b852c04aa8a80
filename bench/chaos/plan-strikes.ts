import type { Chance } from './chance.ts';
import type { CallName } from './name-call.ts';

/** The instances of the app; the second one runs at times. */
export type InstanceName = 'first' | 'second';

/**
 * What a kill waits for: its time, or a call of any app, which that app is killed at. `before`: the call is cut off and does
 * nothing. `after`: it has taken effect, and the app does not hear of it unless `lagMs` leaves it the time. `skip` calls of
 * that name are let by.
 */
export type Aim =
  | { readonly at: 'time' }
  | { readonly at: 'before' | 'after'; readonly call: CallName; readonly skip: number; readonly lagMs: number };

/** One kill: with how many apps, at what, and after how many ms at the latest (for a call: from when an app listens); by time it is of that app, or of both at once. */
export interface Strike {
  readonly number: number;
  readonly apps: 'one' | 'two';
  readonly aim: Aim;
  readonly waitMs: number;
  readonly byTime: InstanceName | 'both';
}

type Card =
  | { readonly at: 'time' }
  | { readonly at: 'before' | 'after'; readonly call: CallName; readonly most: number };

/** How long a call is waited for; what has not come by then does not come soon. */
const CALL_WAIT_MS = 6_000;
const LONGEST_LAG_MS = 25;

const after = (call: CallName, most: number): Card => ({ at: 'after', call, most });
const before = (call: CallName, most: number): Card => ({ at: 'before', call, most });

/** With the opening, everything that a run of thirty kills is to meet, the start of a live response most of all; `most` is how many may be let by. */
const DECK: readonly Card[] = [
  ...Array.from({ length: 6 }, () => after('start', 1)),
  ...Array.from({ length: 4 }, (): Card => ({ at: 'time' })),
  ...[after('save', 8), after('save', 16), after('save', 25), before('save', 12)],
  ...[after('commit', 1), before('commit', 1), after('block', 3)],
  ...[after('text', 8), before('text', 8)],
  ...[after('ticket', 1), before('ticket', 1)],
  ...[after('quota', 3), after('lane', 2), after('link', 1), after('insert', 1), before('custody line', 0)],
];

/**
 * Plans the kills of a run. The first one is at the upload of the script, which comes once in a run, and among the first
 * is the start that never reaches Defender, as it takes three minutes to be sure that there is none; from then on every
 * card of the deck is dealt once before any comes again.
 */
export function planStrikes(chance: Chance, kills: number): readonly Strike[] {
  const opening: readonly Card[] = [chance.whole(0, 1) === 0 ? before('upload', 0) : after('upload', 0)];
  const cards: Card[] = [...opening, ...chance.shuffle([before('start', 0), after('start', 0), after('quota', 3)])];
  while (cards.length < kills) cards.push(...chance.shuffle(DECK));
  return cards.slice(0, kills).map((card, index): Strike => {
    const apps = index > 0 && chance.whole(1, 5) > 3 ? 'two' : 'one';
    const victims = apps === 'one' ? (['first'] as const) : (['first', 'second', 'both'] as const);
    const byTime = victims[chance.whole(0, victims.length - 1)] ?? 'first';
    return { number: index + 1, apps, byTime, ...dealCard(chance, card) };
  });
}

function dealCard(chance: Chance, card: Card): Pick<Strike, 'aim' | 'waitMs'> {
  if (card.at === 'time') return { aim: { at: 'time' }, waitMs: chance.whole(300, 5_000) };
  const { at, call, most } = card;
  const lagMs = at === 'before' || chance.whole(0, 1) === 0 ? 0 : chance.whole(1, LONGEST_LAG_MS);
  return { aim: { at, call, skip: chance.whole(0, most), lagMs }, waitMs: CALL_WAIT_MS };
}

/** What a strike is aimed at, in a few words. */
export function describeAim(aim: Aim): string {
  if (aim.at === 'time') return 'at no call in particular';
  return `${aim.lagMs === 0 ? '' : `${aim.lagMs} ms `}${aim.at} "${aim.call}"`;
}
