import type { Collection } from '../domain/collection.ts';
import { type LaneAnswer, nameHolder } from '../domain/lane.ts';
import type { AttemptName } from '../domain/machine-action.ts';
import { loadReadable } from './load-readable.ts';
import type { Ports } from './ports.ts';

/** Clocks of instances differ: a collection that is due within this may be starting by another's clock. */
const SKEW_MS = 15 * 60_000;

/** Takes a machine's lane for an attempt; one whose holder is done with the machine, or was never stored, is free. */
export async function takeLane(ports: Ports, machineId: string, name: AttemptName): Promise<LaneAnswer> {
  const now = ports.now();
  const lane = await ports.lanes.take(machineId, name, now.toISOString());
  if (lane.lane !== 'held') return lane;
  const held = await loadReadable(ports, lane.by);
  if (held !== null && needsLane(held, now) === 'needs it') return lane;
  await ports.lanes.leave(machineId, lane.holder);
  return ports.lanes.take(machineId, name, now.toISOString());
}

/** Gives up lane, place and lease of a start that was not sent, unless another instance has meanwhile begun this very attempt. */
export async function giveUpTurn(ports: Ports, machineId: string, name: AttemptName): Promise<void> {
  const collection = (await ports.collections.load(name.collectionId))?.collection;
  if (collection?.status !== 'planned' || collection.progress.session !== name.session) return;
  if (collection.progress.attempt >= name.attempt) return;
  // Should another instance begin it right now: before it sends, it takes lane, place and lease anew.
  await ports.lanes.leave(machineId, nameHolder(name));
  await ports.governor.takeBack(name);
}

/** Whoever copies, seals or waits for a later time has left the machine, even if giving up its lane was cut short. */
function needsLane({ status, notBefore }: Collection, now: Date): 'needs it' | 'does not' {
  switch (status) {
    case 'planned':
      return Date.parse(notBefore) - now.getTime() > SKEW_MS ? 'does not' : 'needs it';
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
