import { CRITICAL_RANK, type OpenEntry } from '../domain/open-entry.ts';
import { applyEvent } from './apply-event.ts';
import { later } from './back-off.ts';
import type { Ports } from './ports.ts';
import { SILENT_AFTER_MS } from './silence.ts';

const TRY_AGAIN_MS = 10 * 60_000;

/**
 * When all sessions are in use and a critical alert waits, the lesser ones that have pended longest are cancelled, one for
 * each that waits: their machines do not answer, and they are tried again later.
 */
export async function makeWay(
  ports: Ports,
  waiting: readonly OpenEntry[],
  running: readonly OpenEntry[],
): Promise<void> {
  const nowMs = ports.now().getTime();
  const busy = new Set(running.map((entry) => entry.machineId));
  // Only those that could start if there were a place.
  const critical = waiting.filter(
    ({ rank, reach, notBefore, machineId }) =>
      rank >= CRITICAL_RANK && reach === 'unknown' && Date.parse(notBefore) <= nowMs && !busy.has(machineId),
  );
  if (critical.length === 0) return;
  const onTheirWay = running.filter((entry) => entry.action !== null && entry.action.cancelAskedAt !== null).length;
  const giving = running
    .filter(({ rank, action }) => rank < CRITICAL_RANK && action?.status === 'Pending' && action.cancelAskedAt === null)
    .filter(({ action }) => nowMs - Date.parse(action?.startedAt ?? '') > SILENT_AFTER_MS)
    .sort((a, b) => (a.action?.startedAt ?? '').localeCompare(b.action?.startedAt ?? ''))
    .slice(0, Math.max(0, critical.length - onTheirWay));
  const reason = 'It pended for long, and made way for a more severe alert; it is tried again.';
  for (const { id } of giving)
    await applyEvent(ports, id, { type: 'stand down', why: 'makes way', until: later(ports, TRY_AGAIN_MS), reason });
}
