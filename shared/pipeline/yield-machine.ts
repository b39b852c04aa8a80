import type { Ports } from './ports.ts';
import { tryCallOff } from './try-call-off.ts';

/** What was done to leave a machine to its responders. */
export interface Yielded {
  readonly until: string;
  /** Collections whose live response on the machine is being cancelled. */
  readonly cancelled: readonly string[];
}

/**
 * Leaves a machine to its responders for a while: nothing is started there until then; a live response of ours that pends
 * is cancelled and tried again afterwards, one that runs is called off, with what it left.
 */
export async function yieldMachine(
  ports: Ports,
  machineId: string,
  order: { readonly by: string; readonly reason: string | null; readonly minutes: number },
): Promise<Yielded> {
  const until = new Date(ports.now().getTime() + order.minutes * 60_000).toISOString();
  await ports.lanes.yieldUntil(machineId, until);
  const why = order.reason === null ? '' : `: ${order.reason}`;
  const reason = `The machine was left to its responders by ${order.by} until ${until}${why}.`;
  const cancelled: string[] = [];
  for (const entry of await ports.collections.listOpen()) {
    // One whose start is not answered yet stands down as soon as it is taken up: the lane says so.
    if (entry.machineId !== machineId || entry.status !== 'running') continue;
    const stood = await tryCallOff(ports, entry.id, { type: 'stand down', why: 'makes way', until, reason });
    const isRunning = stood === 'not wanted' && entry.action?.status === 'InProgress';
    if (isRunning) await tryCallOff(ports, entry.id, { type: 'called off', while: 'running', by: order.by, reason });
    cancelled.push(entry.id);
  }
  return { until, cancelled };
}
