import type { OpenEntry } from '../domain/open-entry.ts';
import type { StartDecision } from '../domain/start-quota.ts';
import { applyEvent } from './apply-event.ts';
import { inOrder } from './in-order.ts';
import { makeWay } from './make-way.ts';
import type { Ports } from './ports.ts';
import { prepareStarts, type Waiting } from './prepare-starts.ts';
import { type ReadyStart, type Sending, sendStart } from './send-start.ts';
import { giveUpTurn } from './take-lane.ts';
import { type LibraryView, viewLibrary } from './view-library.ts';

/** Starts that are on their way side by side. */
const AT_ONCE = 4;
/** Of those who wait, this many are told why in one poll: each telling is a write. */
const TOLD_AT_ONCE = 25;

/**
 * Starts the next sessions of planned collections in their order, as many as the governor has room for: for each its
 * machine's lane is taken and the scripts are checked, then one request grants all of them, then each intent is saved
 * and sent. Once Defender asks for fewer calls, the rest stays unsent. `busy` names who has its turn on which machine, as
 * far as that is known beforehand, `running` what may make way for a critical alert, `library` what was listed just now; answers the ids of those that were granted a start.
 */
export async function dispatchWaiting(
  ports: Ports,
  entries: readonly OpenEntry[],
  busy: ReadonlyMap<string, string> = new Map(),
  running: readonly OpenEntry[] = [],
  library: LibraryView = viewLibrary(ports),
): Promise<readonly string[]> {
  if (ports.mode !== 'collect' || entries.length === 0) return [];
  if ((await ports.control.readPause()) !== null) return [];
  const room = await ports.governor.findRoom();
  if (room.limitedBy === 'sessions') await makeWay(ports, entries, running);
  const { ready, waiting } = await prepareStarts(ports, entries, room, busy, library);
  const granted = ready.length === 0 ? [] : await grant(ports, ready);
  const sending: Sending = { defender: 'takes calls' };
  await inOrder(AT_ONCE, granted, (start) => sendStart(ports, start, sending));
  await tell(ports, waiting);
  return granted.map(({ name }) => name.collectionId);
}

/** Asks for all starts in one request; those that others were quicker for give up their machine's turn. */
async function grant(ports: Ports, ready: readonly ReadyStart[]): Promise<readonly ReadyStart[]> {
  const decisions = await ports.governor
    .grantStarts(ready.map(({ name, reach }) => ({ name, reach })))
    .catch(async (fault: unknown) => {
      for (const { machineId, name } of ready) await giveUpTurn(ports, machineId, name);
      throw fault;
    });
  const granted: ReadyStart[] = [];
  for (const [number, start] of ready.entries()) {
    const decision: StartDecision | undefined = decisions[number];
    if (decision?.decision === 'granted') {
      granted.push(start);
      continue;
    }
    await giveUpTurn(ports, start.machineId, start.name);
    const reason = decision?.reason ?? 'It waits for a place among the live responses.';
    await applyEvent(ports, start.name.collectionId, { type: 'waits', while: 'planned', reason });
  }
  return granted;
}

async function tell(ports: Ports, waiting: readonly Waiting[]): Promise<void> {
  const untold = waiting.filter(({ entry, reason }) => entry.reason !== reason).slice(0, TOLD_AT_ONCE);
  await inOrder(AT_ONCE, untold, async ({ entry, reason }) => {
    await applyEvent(ports, entry.id, { type: 'waits', while: 'planned', reason });
  });
}
