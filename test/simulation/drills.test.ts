import { expect, it } from 'vitest';
import { DRILLS } from './drills.ts';
import { runScenario } from './run-scenario.ts';

it.each(DRILLS.map(({ name, scenario }) => [name, scenario] as const))(
  'I1 to I9, I11: hold when %s',
  async (_, scenario) => {
    expect((await runScenario(scenario)).violation).toBeNull();
  },
);
