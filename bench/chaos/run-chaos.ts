import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '../../local/start/show-progress.ts';
import { seedChance } from './chance.ts';
import { checkEverything } from './check-everything.ts';
import type { Figure } from './figures.ts';
import type { Finding } from './finding.ts';
import { keepTraces } from './keep-traces.ts';
import type { Lived } from './lived.ts';
import { makeScenario, makeTargets, type Target } from './make-scenario.ts';
import { planStrikes } from './plan-strikes.ts';
import { planPostings, postAlerts } from './post-alerts.ts';
import { startWorld, type World } from './start-world.ts';
import { storm } from './storm.ts';
import { waitForPeace } from './wait-for-peace.ts';

/** What a run is made of; `minutes` is the most that it takes, its checks apart. */
export interface ChaosOptions {
  readonly seed: number;
  readonly kills: number;
  readonly alerts: number;
  readonly minutes: number;
  /** Where the traces of a run with findings are kept. */
  readonly keepIn: string;
}

/** What a run came to; `kept` is the folder of its traces, null for a run without findings. */
export interface ChaosOutcome {
  readonly figures: readonly Figure[];
  readonly findings: readonly Finding[];
  readonly kept: string | null;
}

/**
 * Posts alerts while the apps are killed again and again, leaves one app in peace then, and checks that nothing was lost,
 * run twice, overwritten or left over. Whatever it started is ended when it settles; rejects when the signal aborts.
 */
export async function runChaos(options: ChaosOptions, progress: Progress, signal: AbortSignal): Promise<ChaosOutcome> {
  const folder = await mkdtemp(join(tmpdir(), 'chaos-'));
  try {
    const now = new Date();
    const targets = makeTargets(options.alerts, now);
    const world = await startWorld(folder, makeScenario(targets, now));
    try {
      progress.say(`Storage and simulator are up; seed ${options.seed}.`);
      const lived = await live(world, options, targets, progress, signal);
      progress.say('Checking.');
      const checked = await checkEverything(world, targets, lived, join(folder, 'packages'));
      const isWell = checked.findings.length === 0;
      return { ...checked, kept: isWell ? null : await keepTraces(options.keepIn, world, lived, checked.findings) };
    } finally {
      await world.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function live(
  world: World,
  { seed, kills, minutes }: ChaosOptions,
  targets: readonly Target[],
  progress: Progress,
  leaving: AbortSignal,
): Promise<Lived> {
  const startedMs = performance.now();
  const measure = () => (performance.now() - startedMs) / 1000;
  const chance = seedChance(seed);
  const strikes = planStrikes(chance, kills);
  const postings = planPostings(chance, targets);
  const limit = AbortSignal.timeout(minutes * 60_000);
  const signal = AbortSignal.any([leaving, limit]);
  const { first, second } = world.slots;
  const [posted, struck] = await Promise.all([
    postAlerts(postings, () => first.url() ?? second.url(), signal),
    storm(world, strikes, progress.say, signal),
  ]);
  const stormSeconds = measure();
  await second.close();
  await first.listen();
  progress.say(
    `${struck.length} kills are done, ${posted.acknowledged.length} posts acknowledged; now it is left in peace.`,
  );
  await waitForPeace(world, progress, signal);
  leaving.throwIfAborted();
  const late = { what: `It had not come to rest after ${minutes} minutes.`, where: 'the run as a whole' };
  const findings = [...posted.findings, ...first.findings(), ...second.findings(), ...(limit.aborted ? [late] : [])];
  return { posted, struck, stormSeconds, seconds: measure(), findings };
}
