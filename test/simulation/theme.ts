import type { Mode } from '../../shared/pipeline/ports.ts';
import type { Chance } from './chance.ts';
import type { Episode, StrikeKind } from './scenario.ts';

/** What a scenario is mostly about: from what its numbers are drawn. */
export interface Theme {
  readonly instances: readonly number[];
  readonly machines: readonly number[];
  readonly alerts: readonly number[];
  /** How often an alert is sent. */
  readonly repeats: readonly number[];
  readonly firstWithinMs: readonly number[];
  /** The probability that a machine is away for a while. */
  readonly away: number;
  readonly commandSeconds: readonly number[];
  readonly startsPerMinute: readonly number[];
  readonly sessions: readonly number[];
  readonly modes: readonly Mode[];
  /** Of the calls that may be struck this share is. */
  readonly rates: readonly number[];
  /** Which calls are struck, and how; all, and in every way, where it says nothing. */
  readonly strikes: { readonly calls?: readonly string[]; readonly kinds?: readonly StrikeKind[] };
  readonly episodes: readonly number[];
  /** The episodes that are drawn from; null for all. */
  readonly only: readonly Episode['what'][] | null;
}

const ANYTHING: Theme = {
  instances: [1, 2, 2, 3, 4],
  machines: [1, 1, 2, 3, 4],
  alerts: [1, 2, 2, 3, 4, 6],
  repeats: [1, 1, 1, 2, 5],
  firstWithinMs: [5_000, 120_000, 900_000],
  away: 0.35,
  commandSeconds: [10, 60, 400],
  startsPerMinute: [1, 2, 3, 10],
  sessions: [1, 2, 3, 20],
  modes: [...Array.from({ length: 20 }, () => 'collect' as const), 'observe', 'off'],
  rates: [0, 0, 0.002, 0.01, 0.03],
  strikes: {},
  episodes: [0, 1, 1, 2, 3],
  only: null,
};

/** Many machines at once, and a small quota. */
const CROWD: Theme = {
  ...ANYTHING,
  instances: [2, 3, 4],
  machines: [4, 6],
  alerts: [5, 6, 8],
  repeats: [1],
  firstWithinMs: [5_000, 120_000],
  away: 0.1,
  commandSeconds: [5, 30],
  modes: ['collect'],
  startsPerMinute: [1, 2, 3],
  rates: [0, 0.005],
};

/** Defender turns many calls away for long. */
const STORM: Theme = {
  ...CROWD,
  startsPerMinute: [3, 10],
  rates: [0],
  episodes: [1, 2],
  only: ['throttled', 'defender fails'],
};

/** Instances stand still in the middle of what they do, and others go on. */
const STANDSTILL: Theme = {
  ...CROWD,
  machines: [2, 3],
  alerts: [3, 5],
  startsPerMinute: [2, 10],
  sessions: [2, 20],
  rates: [0.1, 0.2],
  strikes: {
    calls: [
      'get control',
      'transact collection',
      'update quota',
      'run live response',
      'list collection',
      'commit evidence',
    ],
    kinds: ['freeze'],
  },
  episodes: [0, 1],
  only: ['frozen', 'called off'],
};

/** Instances die while they write. */
const CRASHES: Theme = {
  ...ANYTHING,
  instances: [1, 2],
  alerts: [2, 3, 4],
  modes: ['collect'],
  rates: [0.03, 0.06],
  strikes: { kinds: ['crash before', 'crash after', 'lost answer', 'repeated'] },
  episodes: [0, 0, 1],
};

/** People intervene, again and again. */
const OPERATORS: Theme = {
  ...CROWD,
  machines: [1, 2, 3],
  alerts: [2, 4],
  repeats: [1, 2],
  commandSeconds: [30, 200],
  startsPerMinute: [3, 10],
  rates: [0, 0.005, 0.02],
  episodes: [2, 4, 6],
  only: ['paused', 'called off', 'yielded', 'retried', 'foreign action', 'pretender', 'tampered library'],
};

const THEMES = [ANYTHING, ANYTHING, ANYTHING, CROWD, STORM, STANDSTILL, CRASHES, OPERATORS];

/** Chooses what a scenario is about. */
export function chooseTheme(chance: Chance): Theme {
  return chance.pick(THEMES);
}
