import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Invariant, Violation } from './invariants/witness.ts';
import { buildWorld } from './world.ts';
import type { Scenario, Strike } from './scenario.ts';

/** How a run ended, and what it took. */
export interface Outcome {
  readonly violation: Violation | null;
  /** The strikes that fired: with them as its list, the scenario runs the same way. */
  readonly fired: readonly Strike[];
  /** Where its strikes are listed, every strike that could be. */
  readonly possible: readonly Strike[];
  readonly trace: readonly string[];
  readonly figures: Figures;
}

/** What a run came to, so that it is seen what was covered. */
export interface Figures {
  readonly steps: number;
  readonly calls: number;
  readonly virtualMs: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly starts: number;
}

/** How a run is looked at. */
export interface RunOptions {
  readonly trace?: 'kept' | 'none';
}

/** More than any run needs: whoever takes more goes round in circles. */
const MOST_STEPS = 400_000;

/** Runs a scenario to its end, or to the first thing that does not hold. */
export async function runScenario(scenario: Scenario, options: RunOptions = {}): Promise<Outcome> {
  // Thousands of refusals are thrown and caught in a run, and nobody reads where from.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await runToTheEnd(scenario, options);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function runToTheEnd(scenario: Scenario, options: RunOptions): Promise<Outcome> {
  const world = buildWorld(scenario, options.trace ?? 'none');
  let steps = 0;
  // From here on each step runs among the promises, after which the ticks come.
  await nextTurn();
  for (; world.violation() === null; steps += 1) {
    if (steps >= MOST_STEPS) {
      world.fail('I1', `It goes round in circles: ${MOST_STEPS} steps, and no end.`);
      break;
    }
    if (world.step() === 'over') break;
    // Whatever an instance does with what it was given, it does now, up to its next call.
    const turns = world.takeTurns();
    if (turns === null) continue;
    await lastTick();
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
  }
  return {
    violation: world.violation(),
    fired: world.fired,
    possible: world.possible(),
    trace: world.trace,
    figures: { steps, ...world.figures() },
  };
}

/** Until all promises that can go on have gone on: the ticks of Node come after them, and cost far less than a turn of the event loop. */
function lastTick(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

/** Whether a run failed by the same invariant. */
export function failsBy(outcome: Outcome, invariant: Invariant): boolean {
  return outcome.violation?.invariant === invariant;
}
