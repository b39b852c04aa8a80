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

/** Those actions that are ours; one that carries our comment and is not what we sent is recorded, reported and left alone. */
export async function tellOurs(
  ports: Ports,
  actions: readonly MachineAction[],
  { collectionId, machineId, comment, commands }: Sent,
): Promise<readonly MachineAction[]> {
  const requestor = await ports.control.readRequestor();
  const ours: MachineAction[] = [];
  for (const action of actions) {
    const matched = matchAction(action, { machineId, comment, commands, requestor });
    if (matched.match === 'ours') ours.push(action);
    if (matched.match !== 'pretends') continue;
    ports.log({ event: 'pretender', collection: collectionId, action: action.id, what: matched.what });
    await applyEvent(ports, collectionId, { type: 'pretender seen', actionId: action.id, what: matched.what });
  }
  return ours;
}
