import type { Scenario, ScenarioSettings } from './scenario.ts';
import { makeAlert, makeMachine, SMALL } from './small-scenario.ts';

/** A scenario that was thought out, as chance comes to it too seldom. */
export interface Drill {
  readonly name: string;
  readonly scenario: Scenario;
}

const MINUTE_MS = 60_000;
const TWO = [{ skewMs: 0 }, { skewMs: 0 }];

/** Each drill, with the few seeds that decide who acts and how long things take. */
export const DRILLS: readonly Drill[] = [
  ...drill('a pretender waits on another machine', 2, {
    machines: [
      makeMachine(0, { commandMs: 2 * MINUTE_MS }),
      makeMachine(1, { away: [{ fromMs: 0, toMs: 25 * MINUTE_MS }] }),
    ],
    episodes: [{ what: 'pretender', of: 'other machine', fromMs: MINUTE_MS }],
    faultsEndMs: 30 * MINUTE_MS,
  }),
  ...drill('somebody else sends our comment while our own start has no answer', 3, {
    machines: [makeMachine(0, { portal: [{ fromMs: 0, toMs: 30_000 }] })],
    episodes: [{ what: 'pretender', of: 'other commands', fromMs: 30_000 }],
    faultsEndMs: 10 * MINUTE_MS,
  }),
  ...drill('starts alone are turned away, and more alerts come', 3, {
    instances: TWO,
    machines: [0, 1, 2, 3].map((index) => makeMachine(index)),
    alerts: [0, 1, 2, 3].map((index) =>
      makeAlert(index, { machine: index, arrivals: [{ atMs: 1_000 + index * 75_000, names: 'alert and machine' }] }),
    ),
    episodes: [{ what: 'throttled', share: 1, retryAfterMs: 400_000, only: 'starts', fromMs: 0, toMs: 4 * MINUTE_MS }],
    faultsEndMs: 4 * MINUTE_MS,
  }),
  ...drill('a copy stands still before its commit, and the collection is called off', 8, {
    instances: TWO,
    episodes: [{ what: 'called off', alert: 0, fromMs: 90_000 }],
    strikes: { by: 'list', list: [{ call: 'stage evidence', nth: 1, kind: 'freeze' }] },
    faultsEndMs: 15 * MINUTE_MS,
  }),
  // Every question from the start to well past the copy, as which of them is the copy's changes with what else is asked.
  ...Array.from({ length: 32 }, (_, index) => index + 10).flatMap((nth) =>
    drill(`an instance stands still at its question ${nth}, and the collection is called off`, 2, {
      instances: TWO,
      episodes: [{ what: 'called off', alert: 0, fromMs: 90_000 }],
      strikes: { by: 'list', list: [{ call: 'list collection', nth, kind: 'freeze' }] },
      faultsEndMs: 15 * MINUTE_MS,
    }),
  ),
  ...[3, 4].flatMap((nth) =>
    drill(
      `a crash leaves a lease (save ${nth}), its collection is called off, and the only session is wanted`,
      2,
      {
        machines: [makeMachine(0), makeMachine(1)],
        alerts: [
          makeAlert(0),
          makeAlert(1, { machine: 1, arrivals: [{ atMs: 3 * MINUTE_MS, names: 'alert and machine' }] }),
        ],
        episodes: [{ what: 'called off', alert: 0, fromMs: 8_000 }],
        strikes: { by: 'list', list: [{ call: 'transact collection', nth, kind: 'crash before' }] },
        faultsEndMs: MINUTE_MS,
      },
      { sessions: 1 },
    ),
  ),
  ...Array.from({ length: 4 }, (_, index) => index + 17).flatMap((nth) =>
    drill(
      `somebody pretends to be us on a machine, note ${nth} in the quotas is lost, and the only session is wanted`,
      2,
      { ...pretended(180), strikes: { by: 'list', list: [{ call: 'update quota', nth, kind: 'lost answer' }] } },
      { sessions: 1, tickMs: 60_000 },
    ),
  ),
  ...drill(
    'somebody pretends to be us on a machine, an instance dies as it starts there, and the only session is wanted',
    4,
    { ...pretended(40), strikes: { by: 'list', list: [{ call: 'run live response', nth: 2, kind: 'crash before' }] } },
    { sessions: 1, tickMs: 60_000 },
  ),
  ...drill(
    'Defender does not show for a moment what it has shown',
    4,
    { machines: [makeMachine(0, { commandMs: 4 * MINUTE_MS })] },
    { lagMs: 20 * MINUTE_MS },
  ),
  ...drill(
    'the only place of a minute is wanted by many',
    4,
    {
      instances: TWO,
      machines: [0, 1, 2, 3, 4, 5].map((index) => makeMachine(index)),
      alerts: [0, 1, 2, 3, 4, 5].map((index) => makeAlert(index, { machine: index })),
    },
    { startsPerMinute: 1, tickMs: 2_000 },
  ),
  ...drill(
    'everything is paused and goes on, again and again, while many are to be started',
    4,
    {
      instances: TWO,
      machines: [0, 1, 2, 3, 4, 5].map((index) => makeMachine(index)),
      alerts: [0, 1, 2, 3, 4, 5].map((index) => makeAlert(index, { machine: index })),
      episodes: Array.from({ length: 30 }, (_, index) => ({
        ...({ what: 'paused', running: 'goes on' } as const),
        ...{ fromMs: 3_000 + index * 2_000, toMs: 4_000 + index * 2_000 },
      })),
    },
    { tickMs: 2_000 },
  ),
  ...drill('downloads are cut or lie, and nothing else', 2, { faultsEndMs: 5 * MINUTE_MS }, { badDownloads: 0.9 }),
  ...drill('links have expired when they come, and nothing else', 2, { faultsEndMs: 12 * MINUTE_MS }, { linkMs: 0 }),
];

/** The first alert teaches the collector its own name, the second is of a machine on which somebody pretends to be us and that is away for so long, the third wants its place. */
function pretended(awayMinutes: number): Partial<Scenario> {
  return {
    machines: [makeMachine(0), makeMachine(1, { away: [{ fromMs: 0, toMs: awayMinutes * MINUTE_MS }] })],
    alerts: [
      makeAlert(0),
      makeAlert(1, { machine: 1, arrivals: [{ atMs: 4 * MINUTE_MS, names: 'alert and machine' }] }),
      makeAlert(2, {
        files: ['/tmp/two'],
        severity: 'Low',
        arrivals: [{ atMs: 4 * MINUTE_MS + 1_000, names: 'alert and machine' }],
      }),
    ],
    episodes: [{ what: 'pretender', of: 'other requestor', fromMs: 4 * MINUTE_MS + 3_000 }],
    faultsEndMs: 9 * MINUTE_MS,
  };
}

function drill(
  name: string,
  seeds: number,
  changes: Partial<Scenario>,
  settings: Partial<ScenarioSettings> = {},
): readonly Drill[] {
  return Array.from({ length: seeds }, (_, index) => ({
    name,
    scenario: {
      ...SMALL,
      ...changes,
      seed: `${name} ${index + 1}`,
      settings: { ...SMALL.settings, tickMs: 15_000, ...settings },
    },
  }));
}
