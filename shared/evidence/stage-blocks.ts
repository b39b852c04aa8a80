import { createHash } from 'node:crypto';
import { RestError, type BlockBlobClient, type BlockBlobCommitBlockListOptions } from '@azure/storage-blob';
import { CopyError, codeOf } from './copy-error.ts';
import { refusesSecondWrite } from './put-once.ts';

/** Length of a block; 50,000 of them are 390 GiB (Azure Storage: Put Block List). */
const BLOCK_BYTES = 8 * 1024 * 1024;

/** Blocks on their way at once; with the one being filled, 3 are in memory. */
const STAGED_AT_ONCE = 2;

/** How a commit ended: with the service's time of the blob (null when it told none), or as another writer was first (`fault` is for when its blob is gone again), or not made as nobody wants it. */
export type Commit =
  | { readonly outcome: 'committed'; readonly at: Date | null }
  | { readonly outcome: 'already there'; readonly fault: CopyError }
  | { readonly outcome: 'stopped' };

/** Cuts a stream into blocks and stages them; nothing is to be seen of them before `commit`. */
export interface BlockWriter {
  /** Takes bytes, and waits while too many blocks are on their way. */
  readonly take: (piece: Uint8Array) => Promise<void>;
  /**
   * Makes the blob of all blocks unless it exists; bytes that came after another writer made it went nowhere. Whether it
   * may is asked when all blocks are staged, which can take long.
   */
  readonly commit: (
    options: BlockBlobCommitBlockListOptions,
    mayCommit?: () => Promise<'commit' | 'stop'>,
  ) => Promise<Commit>;
  /** Stops what is on its way; the service forgets blocks without a commit after a week. */
  readonly drop: () => Promise<void>;
  /** How many blocks were sent off. */
  readonly count: () => number;
}

/** Starts to write a blob in blocks whose ids begin with `prefix`, so that two writers never mix. Each fault is a CopyError `storage`. */
export function startBlocks(blob: BlockBlobClient, prefix: string): BlockWriter {
  const stop = new AbortController();
  const ids: string[] = [];
  const spare: Buffer[] = [];
  const flights = new Set<Promise<void>>();
  const faults: unknown[] = [];
  let conflict: CopyError | null = null;
  let filling: Buffer | null = null;
  let filled = 0;

  const take = async (piece: Uint8Array): Promise<void> => {
    let rest = piece;
    while (rest.length > 0) {
      const block: Buffer = filling ?? spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_BYTES);
      filling = block;
      const part = rest.subarray(0, BLOCK_BYTES - filled);
      block.set(part, filled);
      filled += part.length;
      rest = rest.subarray(part.length);
      if (filled === BLOCK_BYTES) await send(block);
    }
  };

  const send = async (block: Buffer): Promise<void> => {
    while (flights.size >= STAGED_AT_ONCE) await Promise.race(flights);
    throwFault();
    const id = Buffer.from(`${prefix}-${String(ids.length).padStart(5, '0')}`).toString('base64');
    ids.push(id);
    const flight: Promise<void> = stage(id, block, block.subarray(0, filled)).finally(() => flights.delete(flight));
    flights.add(flight);
    filling = null;
    filled = 0;
  };

  const stage = async (id: string, block: Buffer, content: Buffer): Promise<void> => {
    try {
      if (conflict === null) {
        const md5 = createHash('md5').update(content).digest();
        await blob.stageBlock(id, content, content.length, { transactionalContentMD5: md5, abortSignal: stop.signal });
      }
      spare.push(block);
    } catch (error) {
      // Where blobs are immutable, a block for one that exists is refused already.
      if (await isOvertaken(error)) conflict = storageFault(error);
      else faults.push(error);
    }
  };

  const isOvertaken = async (error: unknown): Promise<boolean> =>
    refusesSecondWrite(error) && (await blob.exists({ abortSignal: stop.signal }).catch(() => false));

  const commit: BlockWriter['commit'] = async (options, mayCommit) => {
    if (filling !== null && filled > 0) await send(filling);
    await Promise.all(flights);
    throwFault();
    if (conflict !== null) return { outcome: 'already there', fault: conflict };
    if ((await mayCommit?.()) === 'stop') return { outcome: 'stopped' };
    try {
      const answer = await blob.commitBlockList(ids, { ...options, conditions: { ifNoneMatch: '*' } });
      return { outcome: 'committed', at: answer.lastModified ?? null };
    } catch (error) {
      if (refusesSecondWrite(error)) return { outcome: 'already there', fault: storageFault(error) };
      throw storageFault(error);
    }
  };

  const drop = async (): Promise<void> => {
    stop.abort();
    await Promise.all(flights);
  };

  const throwFault = (): void => {
    if (faults.length > 0) throw storageFault(faults[0]);
  };

  return { take, commit, drop, count: () => ids.length };
}

/** The CopyError of a fault of Azure Storage, with its code and status only. */
export function storageFault(error: unknown): CopyError {
  const status = error instanceof RestError && error.statusCode !== undefined ? `, status ${error.statusCode}` : '';
  return new CopyError('storage', `Storage did not take the result (${codeOf(error)}${status}).`);
}
