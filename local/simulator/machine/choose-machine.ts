import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Library } from '../library.ts';
import type { Scenario, ScenarioMachine } from '../scenario.ts';
import type { RunCommand } from './command.ts';
import { createExecutingMachine } from './executing-machine.ts';
import { createRecordedMachine } from './recorded-machine.ts';

/** Makes what runs a machine's commands, below a folder for all machines; undefined for a machine that never takes one up. */
export function chooseMachine(
  machine: ScenarioMachine,
  parts: { scenario: Scenario; folder: string; library: Library; clock: Clock },
): RunCommand | undefined {
  const { library, clock, scenario } = parts;
  const { nonZeroExit, timings } = scenario;
  switch (machine.kind) {
    case 'executes': {
      const homeFolder = join(parts.folder, machine.entity.id);
      return createExecutingMachine({ homeFolder, library, clock, nonZeroExit, ...timings });
    }
    case 'recorded':
      return createRecordedMachine({ recording: machine.recording, library, clock, nonZeroExit, ...timings });
    case 'offline':
    case 'unsupported':
      return undefined;
    default:
      return machine satisfies never;
  }
}
