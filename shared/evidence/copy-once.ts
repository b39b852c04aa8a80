import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { CopyError } from './copy-error.ts';
import type { CopyRequest } from './copy-request.ts';
import type { ContentHashes } from './hash-content.ts';
import { type CopyState, receivePart } from './receive-part.ts';
import { startBlocks } from './stage-blocks.ts';

/** How one copy from zero ended; `storedAt` is the service's time, ISO 8601 UTC, `hashes` are of what was received. */
export type OnceAnswer =
  | { readonly outcome: 'stored'; readonly hashes: ContentHashes; readonly storedAt: string }
  | { readonly outcome: 'already there'; readonly hashes: ContentHashes; readonly fault: CopyError }
  | { readonly outcome: 'no result'; readonly reason: string }
  | { readonly outcome: 'refused'; readonly reason: string }
  | { readonly outcome: 'start again'; readonly why: string };

/** How many faults in a row, with no block between them, end a copy. */
const MAX_FAULTS = 5;

/** Copies a result from its first byte, over as many links as it takes; what was staged is dropped unless it is whole. Throws CopyError. */
export async function copyOnce(request: CopyRequest, dispatcher: Dispatcher): Promise<OnceAnswer> {
  const blob = request.container.getBlockBlobClient(request.path);
  const blocks = startBlocks(blob, (request.random ?? randomUUID)());
  const state: CopyState = { receivedBytes: 0, totalBytes: null, etag: null, hasher: null, blocks };
  let faults = 0;
  let blocksAtFault = 0;
  try {
    for (;;) {
      request.signal?.throwIfAborted();
      const asked = await request.askForLink();
      if (asked.outcome === 'no result') return asked;
      const part = await receivePart(request, dispatcher, state, asked.link);
      switch (part.verdict) {
        case 'complete':
          return await commit(request, state, await part.hasher.finish());
        case 'refused':
          return { outcome: 'refused', reason: part.reason };
        case 'start again':
          return { outcome: 'start again', why: part.why };
        case 'give up':
          throw new CopyError(part.code, part.what, part.retryAfterMs);
        case 'ask again':
          faults = blocks.count() > blocksAtFault ? 1 : faults + 1;
          blocksAtFault = blocks.count();
          if (faults === MAX_FAULTS) throw new CopyError(part.code, part.what, part.afterMs || null);
          await (request.wait ?? waitFor)(Math.max(part.afterMs, delayAfterFaultMs(faults)), request.signal);
          break;
        default: {
          const unknown: never = part;
          throw new Error(`Unknown verdict ${String(unknown)}.`);
        }
      }
    }
  } finally {
    state.hasher?.drop();
    await blocks.drop();
  }
}

async function commit(request: CopyRequest, state: CopyState, hashes: ContentHashes): Promise<OnceAnswer> {
  if (hashes.bytes !== state.totalBytes) return { outcome: 'start again', why: 'the length did not agree' };
  const now = request.now ?? (() => new Date());
  const options = {
    metadata: { sha256: hashes.sha256 },
    blobHTTPHeaders: {
      blobContentType: 'application/octet-stream',
      blobContentMD5: Buffer.from(hashes.md5, 'hex'),
    },
  };
  const commit = await state.blocks.commit(options, request.mayCommit);
  switch (commit.outcome) {
    case 'committed':
      return { outcome: 'stored', hashes, storedAt: (commit.at ?? now()).toISOString() };
    case 'already there':
      return { ...commit, hashes };
    case 'stopped':
      throw new CopyError('stopped', 'Nobody waits for this result any more.');
    default: {
      const unknown: never = commit;
      throw new Error(`Unknown outcome ${JSON.stringify(unknown)}.`);
    }
  }
}

/** No wait after a first fault (a link expired, a connection was cut), then 1, 2 and 4 s. */
function delayAfterFaultMs(faults: number): number {
  return faults === 1 ? 0 : 1000 * 2 ** (faults - 2);
}

async function waitFor(ms: number, signal: AbortSignal | undefined): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal });
}
