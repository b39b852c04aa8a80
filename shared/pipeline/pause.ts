import { applyEvent } from './apply-event.ts';
import type { Pause, Ports } from './ports.ts';

/** Stops everything that would be started, on all instances; with `is cancelled`, calls off what runs as well. */
export async function pauseAll(
  ports: Ports,
  order: { readonly by: string; readonly reason: string | null; readonly running: 'goes on' | 'is cancelled' },
): Promise<{ readonly pause: Pause; readonly calledOff: readonly string[] }> {
  const { by } = order;
  const pause: Pause = { at: ports.now().toISOString(), by, reason: order.reason ?? 'No reason was given.' };
  await ports.control.pause(pause);
  ports.log({ event: 'paused' });
  if (order.running === 'goes on') return { pause, calledOff: [] };
  const calledOff: string[] = [];
  for (const { id, status } of await ports.collections.listOpen()) {
    if (status !== 'running' && status !== 'starting') continue;
    const reason = `Called off by ${by} with everything that ran: ${pause.reason}`;
    const applied = await applyEvent(ports, id, { type: 'called off', by, reason });
    if (applied.applied === 'moved') calledOff.push(id);
  }
  return { pause, calledOff };
}

/** Lets everything go on that a pause stopped; what was called off stays so. */
export async function resumeAll(ports: Ports): Promise<void> {
  await ports.control.resume();
  ports.log({ event: 'resumed' });
}
