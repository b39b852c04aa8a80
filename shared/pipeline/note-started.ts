import type { AttemptName, MachineAction } from '../domain/machine-action.ts';
import { announceStart } from './announce.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';

/** Takes up an action that was started; one on a machine that was left to its responders meanwhile stands down at once. */
export async function noteStarted(
  ports: Ports,
  machineId: string,
  action: MachineAction,
  name: AttemptName,
): Promise<void> {
  const started = await applyEvent(ports, name.collectionId, { type: 'started', action });
  if (started.applied !== 'moved') return;
  await announceStart(ports, started.collection);
  const lane = await ports.lanes.take(machineId, name, ports.now().toISOString());
  if (lane.lane !== 'yielded') return;
  const reason = `The machine is left to its responders until ${lane.until}.`;
  await applyEvent(ports, name.collectionId, { type: 'stand down', why: 'makes way', until: lane.until, reason });
}
