import type { Collection } from '../domain/collection.ts';
import type { LaneAnswer } from '../domain/lane.ts';
import type { AttemptName } from '../domain/machine-action.ts';
import type { Ports } from './ports.ts';

/** Takes a machine's lane for a collection; one whose holder is done with the machine, or was never stored, is free. */
export async function takeLane(ports: Ports, machineId: string, collectionId: string): Promise<LaneAnswer> {
  const now = ports.now().toISOString();
  const lane = await ports.lanes.take(machineId, collectionId, now);
  if (lane.lane !== 'held') return lane;
  const held = await ports.collections.load(lane.by);
  if (held !== null && needsLane(held.collection, now) === 'needs it') return lane;
  await ports.lanes.leave(machineId, lane.by);
  return ports.lanes.take(machineId, collectionId, now);
}

/** Gives up lane, place and lease of a start that was not sent, unless another instance has meanwhile started this very attempt and needs them. */
export async function giveUpTurn(ports: Ports, machineId: string, name: AttemptName): Promise<void> {
  const collection = (await ports.collections.load(name.collectionId))?.collection;
  if (collection?.status !== 'planned' || collection.progress.session !== name.session) return;
  if (collection.progress.attempt >= name.attempt) return;
  await ports.lanes.leave(machineId, name.collectionId);
  await ports.governor.takeBack(name);
}

/** Whoever copies, seals or waits for a later time has left the machine, even if giving up its lane was cut short. */
function needsLane({ status, notBefore }: Collection, now: string): 'needs it' | 'does not' {
  switch (status) {
    case 'planned':
      return now < notBefore ? 'does not' : 'needs it';
    case 'starting':
    case 'running':
      return 'needs it';
    case 'received':
    case 'copying':
    case 'sealing':
    case 'collected':
    case 'partial':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'merged':
      return 'does not';
    default: {
      const unknown: never = status;
      throw new Error(`Unknown status ${String(unknown)}.`);
    }
  }
}
