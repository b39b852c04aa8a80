import { expect } from 'vitest';
import { checkCustody } from '../../../shared/domain/custody.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { takeTicket } from '../../../shared/pipeline/take-ticket.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { sha256Of, type World } from '../../memory/world.ts';

/** Takes an alert to a sealed package of a script's output and an archive; answers the collection's id. */
export async function collectOnce(world: World): Promise<string> {
  const { collection } = await receiveAlert(
    world.ports,
    { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null },
    'http',
  );
  await pollMachineActions(world.ports);
  const [action = ''] = world.actions.keys();
  world.results.set(`${action}/0`, '{"exit_code":0,"script_output":"done"}').set(`${action}/1`, 'the archive');
  world.endAction(action, 'Succeeded', [
    ['RunScript', 'Completed'],
    ['GetFile', 'Completed'],
  ]);
  world.passTime(15_000);
  await pollMachineActions(world.ports);
  for (const name of [...world.tickets]) await takeTicket(world.ports, name, undefined);
  return collection.id;
}

/** The entries of a collection's custody log in the table, of which it is made sure that they are one chain. */
export async function readLog(world: World, id: string) {
  const lines = await world.ports.collections.readCustody(id);
  expect(checkCustody(lines, sha256Of)).toMatchObject({ verdict: 'whole' });
  return lines.map((line): Record<string, unknown> => JSON.parse(line));
}
