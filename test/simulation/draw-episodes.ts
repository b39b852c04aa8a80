import type { Chance } from './chance.ts';
import type { Episode, Scenario, Service } from './scenario.ts';
import type { Theme } from './theme.ts';

const MINUTE_MS = 60_000;

/** Which services go away together. */
const OUTAGES: readonly (readonly Service[])[] = [
  ['tables'],
  ['tickets'],
  ['tables', 'tickets'],
  ['evidence', 'custody'],
  ['vault'],
  ['tables', 'tickets', 'evidence', 'custody'],
  ['defender'],
  ['results'],
];

type Plan = Pick<Scenario, 'instances' | 'machines' | 'alerts'>;
type Draw = readonly [Episode['what'], (chance: Chance, plan: Plan) => Episode];

const DRAWS: readonly Draw[] = [
  ['away', (chance) => ({ what: 'away', services: chance.pick(OUTAGES), ...span(chance, [1, 15, 75]) })],
  ['away', (chance) => ({ what: 'away', services: chance.pick(OUTAGES), ...span(chance, [1, 15]) })],
  ['defender fails', (chance) => ({ what: 'defender fails', share: 0.33, ...span(chance, [15, 75]) })],
  ['defender fails', (chance) => ({ what: 'defender fails', share: 1, ...span(chance, [5, 15]) })],
  [
    'throttled',
    (chance) => ({
      what: 'throttled',
      share: chance.pick([0.1, 0.3, 1]),
      retryAfterMs: chance.pick([5_000, 30_000, 200_000, 400_000]),
      ...span(chance, [1, 10, 40]),
    }),
  ],
  ['timer silent', (chance) => ({ what: 'timer silent', ...span(chance, [32, 360]) })],
  [
    'frozen',
    (chance, { instances }) => ({ what: 'frozen', instance: indexOf(chance, instances), ...span(chance, [1, 5, 15]) }),
  ],
  [
    'paused',
    (chance) => ({
      what: 'paused',
      running: chance.pick(['goes on', 'goes on', 'is cancelled']),
      ...span(chance, [1, 10, 40]),
    }),
  ],
  [
    'yielded',
    (chance, { machines }) => ({ what: 'yielded', machine: indexOf(chance, machines), ...span(chance, [5, 30]) }),
  ],
  ['tampered library', (chance) => ({ what: 'tampered library', ...span(chance, [2, 20]) })],
  [
    'called off',
    (chance, { alerts }) => ({ what: 'called off', alert: indexOf(chance, alerts), fromMs: begin(chance) }),
  ],
  ['retried', (chance, { alerts }) => ({ what: 'retried', alert: indexOf(chance, alerts), fromMs: begin(chance) })],
  [
    'pretender',
    (chance) => ({
      what: 'pretender',
      of: chance.pick(['other machine', 'other commands', 'other requestor']),
      fromMs: begin(chance),
    }),
  ],
  [
    'foreign action',
    (chance, { machines }) => ({ what: 'foreign action', machine: indexOf(chance, machines), fromMs: begin(chance) }),
  ],
  ['poisoned ticket', (chance) => ({ what: 'poisoned ticket', ...chance.pick(TICKETS), fromMs: begin(chance) })],
  ['damaged index', (chance) => ({ what: 'damaged index', fromMs: begin(chance) })],
];

const TICKETS = [
  { name: 'not-a-ticket.txt', content: 'x' },
  { name: `${'0'.repeat(32)}/0-0-1.json`, content: 'no JSON' },
  {
    name: `${'0'.repeat(32)}/0-0-1.json`,
    content: JSON.stringify({ collectionId: '0'.repeat(32), session: 0, index: 0, attempt: 1 }),
  },
] as const;

/** Draws what goes on for a while, and what happens once. */
export function drawEpisodes(chance: Chance, { episodes, only }: Theme, plan: Plan): readonly Episode[] {
  const draws = DRAWS.filter(([what]) => only?.includes(what) ?? true);
  return Array.from({ length: chance.pick(episodes) }, () => chance.pick(draws)[1](chance, plan));
}

function span(chance: Chance, minutes: readonly number[]) {
  const fromMs = begin(chance);
  return { fromMs, toMs: fromMs + chance.pick(minutes) * MINUTE_MS };
}

function begin(chance: Chance): number {
  return chance.between(0, chance.pick([1, 5, 40]) * MINUTE_MS);
}

function indexOf(chance: Chance, list: readonly unknown[]): number {
  return chance.between(0, list.length - 1);
}
