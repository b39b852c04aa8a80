import type { CollectionIn } from '../domain/collection.ts';
import type { Result } from '../domain/result.ts';
import { applyEvent } from './apply-event.ts';
import { copyResult } from './copy-result.ts';
import type { Ports } from './ports.ts';

/** A ticket that nobody took for so long is copied by the poll itself: a missing event subscription delays and never loses. */
const PATIENCE_MS = 3 * 60_000;
const MAX_TRIES = 20;

/** Copies what the blob function should have copied by now; a result that cannot be had after many tries is marked as missing. */
export async function copyLateResults(ports: Ports, collection: CollectionIn<'copying'>): Promise<void> {
  for (const result of collection.results) {
    if (result.status === 'waiting' && isLate(ports, result)) await copyLate(ports, collection.id, result);
  }
}

type Waiting = Extract<Result, { readonly status: 'waiting' }>;

function isLate(ports: Ports, result: Waiting): boolean {
  return ports.now().getTime() - Date.parse(result.since) >= PATIENCE_MS;
}

async function copyLate(ports: Ports, collectionId: string, result: Waiting): Promise<void> {
  const { session, index } = result;
  const reason = await tryCopy(ports, collectionId, result);
  if (reason === null) return;
  if (result.tries + 1 >= MAX_TRIES) {
    await applyEvent(ports, collectionId, { type: 'result missing', session, index, reason });
    return;
  }
  await applyEvent(ports, collectionId, { type: 'copy tried', session, index, reason });
}

async function tryCopy(ports: Ports, collectionId: string, result: Waiting): Promise<string | null> {
  try {
    const copied = await copyResult(ports, collectionId, result);
    return copied.copied === 'not yet' ? copied.reason : null;
  } catch (fault) {
    return ports.explain(fault).reason;
  }
}
