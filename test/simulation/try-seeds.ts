import { drawScenario } from './draw-scenario.ts';
import type { Violation } from './invariants/witness.ts';
import { runScenario } from './run-scenario.ts';

/** A seed whose run did not hold. */
export interface FailedSeed {
  readonly seed: number;
  readonly violation: Violation;
}

/** Runs the scenarios of so many seeds from one on; answers those that fail, each with the command that replays it. */
export async function trySeeds(
  from: number,
  count: number,
  onRun: (done: number) => void = () => undefined,
): Promise<readonly FailedSeed[]> {
  const failed: FailedSeed[] = [];
  for (let seed = from; seed < from + count; seed += 1) {
    const { violation } = await runScenario(drawScenario(String(seed)));
    if (violation !== null) failed.push({ seed, violation });
    onRun(seed - from + 1);
  }
  return failed;
}
