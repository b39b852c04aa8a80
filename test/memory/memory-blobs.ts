import { createHash } from 'node:crypto';

/** A blob as a container holds it. */
export interface StoredBlob {
  readonly content: Buffer;
  readonly contentType: string;
  readonly writtenAt: Date;
  readonly etag: string;
}

/** What was written: `before` is what was there already, which is overwritten then. */
export interface BlobChange {
  readonly name: string;
  readonly before: StoredBlob | null;
  readonly after: StoredBlob | null;
}

/** What a write carries; with `ifNoneMatch` it is refused where a blob is already. */
export interface BlobWrite {
  readonly name: string;
  readonly content: Buffer;
  readonly contentType: string;
  readonly ifNoneMatch: boolean;
}

/** What became of a write: done, or refused by If-None-Match or by the container's policy. */
export type Written = 'written' | 'exists' | 'immutable';

/** Whether a blob may be overwritten and deleted: always, or never as under a time-based policy (Azure Storage: immutable storage). */
export type Policy = 'none' | 'immutable';

/** A container's blobs in memory, with the answers and refusals of Blob Storage; everything happens at once. */
export interface MemoryBlobs {
  readonly policy: Policy;
  get(name: string): StoredBlob | null;
  list(prefix: string): readonly (readonly [name: string, blob: StoredBlob])[];
  put(write: BlobWrite): Written;
  stage(name: string, blockId: string, content: Buffer): 'staged' | 'immutable';
  /** Makes a blob of staged blocks; `unknown block` where one was never staged. */
  commit(write: Omit<BlobWrite, 'content'> & { readonly blockIds: readonly string[] }): Written | 'unknown block';
  remove(name: string): 'removed' | 'absent' | 'immutable';
  /** Does to a blob what no caller of the service may: gives it other content, or none (null). */
  tamper(name: string, content: Buffer | null): void;
}

/** Blobs in memory; `watch` learns of every change that a caller makes. */
export function rememberBlobs(
  now: () => Date,
  watch: (change: BlobChange) => void = () => undefined,
  policy: Policy = 'none',
): MemoryBlobs {
  const blobs = new Map<string, StoredBlob>();
  const staged = new Map<string, Buffer>();
  let writes = 0;
  const isKept = (name: string): boolean => policy === 'immutable' && blobs.has(name);
  const put = ({ name, content, contentType, ifNoneMatch }: BlobWrite): Written => {
    const before = blobs.get(name) ?? null;
    if (isKept(name)) return 'immutable';
    if (ifNoneMatch && before !== null) return 'exists';
    writes += 1;
    const after = { content, contentType, writtenAt: now(), etag: `"${writes}"` };
    blobs.set(name, after);
    watch({ name, before, after });
    return 'written';
  };
  return {
    policy,
    get: (name) => blobs.get(name) ?? null,
    list: (prefix) => [...blobs].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)),
    put,
    stage(name, blockId, content) {
      if (isKept(name)) return 'immutable';
      staged.set(`${name}\n${blockId}`, Buffer.from(content));
      return 'staged';
    },
    commit({ name, contentType, ifNoneMatch, blockIds }) {
      const blocks = blockIds.map((id) => staged.get(`${name}\n${id}`));
      const found = blocks.filter((block) => block !== undefined);
      if (found.length < blocks.length) return 'unknown block';
      return put({ name, content: Buffer.concat(found), contentType, ifNoneMatch });
    },
    remove(name) {
      const before = blobs.get(name) ?? null;
      if (before === null) return 'absent';
      if (isKept(name)) return 'immutable';
      blobs.delete(name);
      watch({ name, before, after: null });
      return 'removed';
    },
    tamper(name, content) {
      if (content === null) blobs.delete(name);
      else blobs.set(name, { content, contentType: 'application/octet-stream', writtenAt: now(), etag: '"tampered"' });
    },
  };
}

/** SHA-256 of some bytes, hex. */
export function hashBytes(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
