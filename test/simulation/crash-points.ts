import { runScenario } from './run-scenario.ts';
import type { Scenario, Strike } from './scenario.ts';
import type { Violation } from './invariants/witness.ts';

/** Strikes after which the run did not hold. */
export interface FailedStrikes {
  readonly strikes: readonly Strike[];
  readonly violation: Violation;
}

/** Every fault that one call of a run may meet. One that only stands still is a crash that takes longer, where there is no other instance. */
export async function listStrikes(scenario: Scenario): Promise<readonly Strike[]> {
  const { possible } = await runScenario(scenario);
  return possible.filter((strike) => strike.kind !== 'freeze');
}

/** Runs a scenario once with each of those lists of strikes; answers those that fail. */
export async function tryStrikes(
  scenario: Scenario,
  lists: Iterable<readonly Strike[]>,
): Promise<readonly FailedStrikes[]> {
  const failed: FailedStrikes[] = [];
  for (const strikes of lists) {
    const { violation } = await runScenario({ ...scenario, strikes: { by: 'list', list: strikes } });
    if (violation !== null) failed.push({ strikes, violation });
  }
  return failed;
}
