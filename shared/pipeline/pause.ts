import type { Pause, Ports } from './ports.ts';
import { tryCallOff } from './try-call-off.ts';

/** Stops everything that would be started, on all instances; with `is cancelled`, calls off what runs as well; `notYet` are those whose cancel met a fault: it is asked for again by the poll. */
export async function pauseAll(
  ports: Ports,
  order: { readonly by: string; readonly reason: string | null; readonly running: 'goes on' | 'is cancelled' },
): Promise<{ readonly pause: Pause; readonly calledOff: readonly string[]; readonly notYet: readonly string[] }> {
  const { by } = order;
  const pause: Pause = { at: ports.now().toISOString(), by, reason: order.reason ?? 'No reason was given.' };
  await ports.control.pause(pause);
  ports.log({ event: 'paused' });
  if (order.running === 'goes on') return { pause, calledOff: [], notYet: [] };
  const calledOff: string[] = [];
  const notYet: string[] = [];
  for (const { id, status } of await ports.collections.listOpen()) {
    if (status !== 'running' && status !== 'starting') continue;
    const reason = `Called off by ${by} with everything that ran: ${pause.reason}`;
    const outcome = await tryCallOff(ports, id, { type: 'called off', while: status, by, reason });
    if (outcome === 'called off') calledOff.push(id);
    if (outcome === 'not yet') notYet.push(id);
  }
  return { pause, calledOff, notYet };
}

/** Lets everything go on that a pause stopped; what was called off stays so. */
export async function resumeAll(ports: Ports): Promise<void> {
  await ports.control.resume();
  ports.log({ event: 'resumed' });
}
