import type { Command } from '../domain/command.ts';
import type { MachineAction } from '../domain/machine-action.ts';
import { matchAction } from '../domain/match-action.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';

/** What an action must bear to be the one that a collection sent. */
export interface Sent {
  readonly collectionId: string;
  readonly machineId: string;
  readonly comment: string;
  readonly commands: readonly Command[];
}

/** Actions that are ours, and those with exactly what we sent for which another caller is named: nobody can tell whose they are. */
export interface Told {
  readonly ours: readonly MachineAction[];
  readonly unclear: readonly MachineAction[];
}

/** Those actions that are ours; one that carries our comment and is not what we sent is recorded, reported and left alone. */
export async function tellOurs(
  ports: Ports,
  actions: readonly MachineAction[],
  { collectionId, machineId, comment, commands }: Sent,
): Promise<Told> {
  const requestor = await ports.control.readRequestor();
  const ours: MachineAction[] = [];
  const unclear: MachineAction[] = [];
  for (const action of actions) {
    const matched = matchAction(action, { machineId, comment, commands, requestor });
    if (matched.match === 'ours') ours.push(action);
    if (matched.match !== 'pretends') continue;
    if (matched.what === 'requestor' || matched.what === 'request source') unclear.push(action);
    const { what } = matched;
    const noted = await applyEvent(ports, collectionId, { type: 'pretender seen', actionId: action.id, what });
    if (noted.applied === 'moved') ports.log({ event: 'pretender', collection: collectionId, action: action.id, what });
  }
  return { ours, unclear };
}
