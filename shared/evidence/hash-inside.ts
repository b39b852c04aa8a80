import { once } from 'node:events';
import { createGunzip, type Gunzip } from 'node:zlib';
import { type HashedBytes, startByteHasher } from './hash-bytes.ts';

/** Counts and hashes the content of a gzip that comes in pieces; a piece must not change afterwards. */
export interface InsideHasher {
  readonly take: (piece: Uint8Array) => Promise<void>;
  /** Null when the bytes were no gzip, a broken one, or one that holds more than the cap. */
  readonly finish: () => Promise<HashedBytes | null>;
  readonly drop: () => void;
}

const FIRST_MAGIC = 0x1f;
const SECOND_MAGIC = 0x8b;

/** Starts to look inside bytes that may be a gzip (RFC 1952, magic 1f 8b); stops for good over `capBytes` of content. */
export function startInside(capBytes: number): InsideHasher {
  let state: 'first byte' | 'second byte' | 'gzip' | 'none' = 'first byte';
  let gunzip: Gunzip | null = null;
  let bytes = 0;
  const content = startByteHasher();

  const drop = (): void => {
    state = 'none';
    gunzip?.destroy();
  };

  const open = (): Gunzip => {
    const opened = createGunzip({ chunkSize: 64 * 1024 });
    opened.on('error', drop);
    opened.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > capBytes) drop();
      else content.take(piece);
    });
    return opened;
  };

  const take = async (piece: Uint8Array): Promise<void> => {
    let rest = piece;
    if (state === 'first byte' && rest.length > 0) {
      state = rest[0] === FIRST_MAGIC ? 'second byte' : 'none';
      rest = rest.subarray(1);
    }
    if (state === 'second byte' && rest.length > 0) {
      state = rest[0] === SECOND_MAGIC ? 'gzip' : 'none';
      rest = rest.subarray(1);
      if (state === 'gzip') {
        gunzip = open();
        gunzip.write(Uint8Array.of(FIRST_MAGIC, SECOND_MAGIC));
      }
    }
    if (state !== 'gzip' || gunzip === null || rest.length === 0) return;
    if (!gunzip.write(rest)) await settled(gunzip, 'drain');
  };

  const finish = async (): Promise<HashedBytes | null> => {
    if (state !== 'gzip' || gunzip === null) return null;
    gunzip.end();
    await settled(gunzip, 'end');
    return isDropped() ? null : content.finish();
  };

  const isDropped = (): boolean => state === 'none';

  return { take, finish, drop };
}

/** Waits for the event, or for the stream's end by a fault or by `drop`. */
async function settled(gunzip: Gunzip, event: 'drain' | 'end'): Promise<void> {
  if (gunzip.destroyed) return;
  const over = new AbortController();
  await Promise.race([
    once(gunzip, event, { signal: over.signal }),
    once(gunzip, 'close', { signal: over.signal }),
  ]).catch(() => {
    // A broken gzip: its error handler has dropped it already.
  });
  over.abort();
}
