import type { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { ResultLink } from '../domain/result-link.ts';
import { checkLink } from './check-link.ts';
import type { CopyRequest } from './copy-request.ts';
import { type ContentHasher, startHashing } from './hash-content.ts';
import { type Setback, startAgain, tooLarge } from './judge-answer.ts';
import { discard, judgeFault, openResult } from './open-result.ts';
import type { BlockWriter } from './stage-blocks.ts';

/** What a copy holds from one link to the next. */
export interface CopyState {
  receivedBytes: number;
  totalBytes: number | null;
  etag: string | null;
  hasher: ContentHasher | null;
  readonly blocks: BlockWriter;
}

/** That all bytes of a result were received and hashed, or what kept the rest away. */
export type PartVerdict = { readonly verdict: 'complete'; readonly hasher: ContentHasher } | Setback;

const IDLE_TIMEOUT_MS = 30_000;

/** Receives what one link gives of a result into the copy's hashes and blocks. Throws CopyError `storage`. */
export async function receivePart(
  request: CopyRequest,
  dispatcher: Dispatcher,
  state: CopyState,
  link: ResultLink,
): Promise<PartVerdict> {
  const checked = checkLink(link.reveal(), request.allowedHosts);
  if (checked.verdict === 'refused') return checked;
  const held = { offset: state.receivedBytes, totalBytes: state.totalBytes, etag: state.etag };
  const opened = await openResult(checked.url, held, {
    dispatcher,
    maxBytes: request.limits.maxBytes,
    idleTimeoutMs: request.idleTimeoutMs ?? IDLE_TIMEOUT_MS,
    signal: request.signal ?? null,
    now: request.now ?? (() => new Date()),
  });
  if (opened.verdict !== 'take') return opened;
  state.totalBytes = opened.totalBytes;
  state.etag = opened.etag;
  const hasher = state.hasher ?? startHashing(request.limits, opened.totalBytes);
  state.hasher = hasher;
  try {
    return (await receiveBody(request, state, hasher, opened.body)) ?? { verdict: 'complete', hasher };
  } finally {
    discard(opened.body);
  }
}

/** Receives a body to its end; null when the result is whole then. */
async function receiveBody(
  request: CopyRequest,
  state: CopyState,
  hasher: ContentHasher,
  body: Readable,
): Promise<Setback | null> {
  const pieces: AsyncIterator<unknown> = body[Symbol.asyncIterator]();
  for (;;) {
    const read = await readPiece(pieces);
    if (read.next === 'fault') return judgeFault(read.error);
    if (read.next === 'end') break;
    const receivedBytes = state.receivedBytes + read.piece.length;
    if (state.totalBytes !== null && receivedBytes > state.totalBytes)
      return startAgain('more came than was announced');
    if (receivedBytes > request.limits.maxBytes) return tooLarge(request.limits.maxBytes);
    const blocksBefore = state.blocks.count();
    await hasher.take(read.piece);
    await state.blocks.take(read.piece);
    state.receivedBytes = receivedBytes;
    if (state.blocks.count() > blocksBefore) request.onProgress?.({ receivedBytes, totalBytes: state.totalBytes });
  }
  state.totalBytes ??= state.receivedBytes;
  if (state.receivedBytes === state.totalBytes) return null;
  return {
    verdict: 'ask again',
    code: 'connection-cut',
    what: 'The source of the result sent a part of it.',
    afterMs: 0,
  };
}

type ReadPiece =
  | { readonly next: 'piece'; readonly piece: Uint8Array }
  | { readonly next: 'end' }
  | { readonly next: 'fault'; readonly error: unknown };

async function readPiece(pieces: AsyncIterator<unknown>): Promise<ReadPiece> {
  try {
    const { done, value } = await pieces.next();
    if (done === true) return { next: 'end' };
    if (value instanceof Uint8Array) return { next: 'piece', piece: value };
    return { next: 'fault', error: new TypeError('A body gave something other than bytes.') };
  } catch (error) {
    return { next: 'fault', error };
  }
}
