import type { Result } from '../domain/result.ts';
import { applyEvent } from './apply-event.ts';
import { copyResult } from './copy-result.ts';
import type { Ports } from './ports.ts';

/** A ticket that nobody took for so long is copied by the poll itself: a missing event subscription delays and never loses. */
const PATIENCE_MS = 3 * 60_000;
const MAX_PATIENCE = 5;
const MAX_TRIES = 20;
const COPY_TIMEOUT_MS = 10 * 60_000;

type Waiting = Extract<Result, { readonly status: 'waiting' }>;

/** What there was to copy: something was tried, none is late, or the collection is past copying. */
export type CopiedLate = 'copied' | 'nothing to do' | 'copies no more';

/** Copies, one after the other, what the blob function should have copied by now; a result that many tries could not get is missing. */
export async function copyLateResults(ports: Ports, collectionId: string): Promise<CopiedLate> {
  const loaded = await ports.collections.load(collectionId);
  if (loaded?.collection.status !== 'copying') return 'copies no more';
  const late = loaded.collection.results
    .filter((result) => result.status === 'waiting')
    .filter((result) => isLate(ports, result));
  for (const result of late) await copyLate(ports, collectionId, result);
  return late.length === 0 ? 'nothing to do' : 'copied';
}

function isLate(ports: Ports, result: Waiting): boolean {
  const patienceMs = PATIENCE_MS * Math.min(result.tries + 1, MAX_PATIENCE);
  return ports.now().getTime() - Date.parse(result.since) >= patienceMs;
}

async function copyLate(ports: Ports, collectionId: string, result: Waiting): Promise<void> {
  const { session, index } = result;
  // Another poll that starts meanwhile sees that somebody is at it.
  await applyEvent(ports, collectionId, { type: 'copy begun', session, index });
  const reason = await tryCopy(ports, collectionId, result);
  if (reason === null) {
    for (let attempt = 1; attempt <= result.tries + 1; attempt += 1)
      await ports.tickets.remove({ collectionId, session, index, attempt });
  } else if (result.tries + 1 >= MAX_TRIES) {
    await applyEvent(ports, collectionId, { type: 'result missing', session, index, reason });
  } else {
    await applyEvent(ports, collectionId, { type: 'copy tried', session, index, reason });
  }
}

async function tryCopy(ports: Ports, collectionId: string, result: Waiting): Promise<string | null> {
  try {
    const copied = await copyResult(ports, collectionId, result, AbortSignal.timeout(COPY_TIMEOUT_MS));
    return copied.copied === 'not yet' ? copied.reason : null;
  } catch (fault) {
    return ports.explain(fault).reason;
  }
}
