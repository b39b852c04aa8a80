import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import type { Library } from '../library.ts';
import type { Scenario, ScenarioMachine } from '../scenario.ts';
import type { Switches } from '../switches.ts';
import type { RunCommand } from './command.ts';
import { createExecutingMachine } from './executing-machine.ts';
import { createRecordedMachine } from './recorded-machine.ts';

/** What machines are made of; `folder` is for all of them. */
export type MachineParts = {
  scenario: Pick<Scenario, 'nonZeroExit' | 'timings' | 'limits'>;
  switches: Switches;
  folder: string;
  library: Library;
  clock: Clock;
};

/** Makes what runs a machine's commands; one that is never online fails each of them. */
export function chooseMachine(machine: ScenarioMachine, parts: MachineParts): RunCommand {
  switch (machine.kind) {
    case 'executes':
      return createExecutingMachine({ ...parts, homeFolder: join(parts.folder, machine.entity.id) });
    case 'recorded':
      return createRecordedMachine({ ...parts, recording: machine.recording });
    case 'offline':
    case 'unsupported':
      return () => Promise.resolve({ kind: 'failed', error: 'The machine is not online' });
    default:
      return machine satisfies never;
  }
}
