import { type Outcome, failsBy, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** A failing scenario with as little in it as still fails by the same invariant, and its run with a trace. */
export interface Shrunk {
  readonly scenario: Scenario;
  readonly outcome: Outcome;
}

/** Leaves out faults, episodes, alerts and instances one after the other, as long as it still fails; at most `mostRuns` runs. */
export async function shrink(failing: Scenario, mostRuns = 200): Promise<Shrunk> {
  const first = await runScenario(failing);
  const invariant = first.violation?.invariant;
  if (invariant === undefined) throw new Error('A scenario that does not fail cannot be shrunk.');
  let runs = 0;
  let current = failing;
  const tryOut = async (candidate: Scenario): Promise<'fails' | 'does not'> => {
    runs += 1;
    if (runs > mostRuns || !failsBy(await runScenario(candidate), invariant)) return 'does not';
    current = candidate;
    return 'fails';
  };
  await tryOut({ ...current, strikes: { by: 'list', list: first.fired } });
  for (const leaveOut of [leaveOutStrike, leaveOutEpisode, leaveOutAlert]) {
    for (let index = 0; ; ) {
      const candidate = leaveOut(current, index);
      if (candidate === null) break;
      if ((await tryOut(candidate)) === 'does not') index += 1;
    }
  }
  const [instance] = current.instances;
  if (instance !== undefined && current.instances.length > 1) await tryOut({ ...current, instances: [instance] });
  return { scenario: current, outcome: await runScenario(current, { trace: 'kept' }) };
}

function leaveOutStrike(scenario: Scenario, index: number): Scenario | null {
  const { strikes } = scenario;
  if (strikes.by !== 'list' || index >= strikes.list.length) return null;
  return { ...scenario, strikes: { by: 'list', list: strikes.list.toSpliced(index, 1) } };
}

function leaveOutEpisode(scenario: Scenario, index: number): Scenario | null {
  return index >= scenario.episodes.length ? null : { ...scenario, episodes: scenario.episodes.toSpliced(index, 1) };
}

/** An alert is left out by never arriving, as episodes name alerts by their place. */
function leaveOutAlert(scenario: Scenario, index: number): Scenario | null {
  let at = index;
  while (scenario.alerts[at]?.arrivals.length === 0) at += 1;
  const alert = scenario.alerts[at];
  if (alert === undefined) return null;
  return { ...scenario, alerts: scenario.alerts.with(at, { ...alert, arrivals: [] }) };
}
