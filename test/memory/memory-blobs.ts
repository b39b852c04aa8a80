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

/** A container's blobs in memory, with the answers and refusals of Blob Storage; everything happens at once. */
export interface MemoryBlobs {
  get(name: string): StoredBlob | null;
  list(prefix: string): readonly (readonly [name: string, blob: StoredBlob])[];
  put(write: BlobWrite): 'written' | 'exists';
  stage(name: string, blockId: string, content: Buffer): void;
  /** Makes a blob of staged blocks; `unknown block` where one was never staged. */
  commit(
    write: Omit<BlobWrite, 'content'> & { readonly blockIds: readonly string[] },
  ): 'written' | 'exists' | 'unknown block';
  remove(name: string): 'removed' | 'absent';
}

/** Blobs in memory; `watch` learns of every change. */
export function rememberBlobs(now: () => Date, watch: (change: BlobChange) => void = () => undefined): MemoryBlobs {
  const blobs = new Map<string, StoredBlob>();
  const staged = new Map<string, Buffer>();
  let writes = 0;
  const put = ({ name, content, contentType, ifNoneMatch }: BlobWrite): 'written' | 'exists' => {
    const before = blobs.get(name) ?? null;
    if (ifNoneMatch && before !== null) return 'exists';
    writes += 1;
    const after = { content, contentType, writtenAt: now(), etag: `"${writes}"` };
    blobs.set(name, after);
    watch({ name, before, after });
    return 'written';
  };
  return {
    get: (name) => blobs.get(name) ?? null,
    list: (prefix) => [...blobs].filter(([name]) => name.startsWith(prefix)).sort(([a], [b]) => (a < b ? -1 : 1)),
    put,
    stage(name, blockId, content) {
      staged.set(`${name}\n${blockId}`, Buffer.from(content));
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
      blobs.delete(name);
      watch({ name, before, after: null });
      return 'removed';
    },
  };
}

/** SHA-256 of some bytes, hex. */
export function hashBytes(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
