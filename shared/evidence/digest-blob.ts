import { createHash } from 'node:crypto';
import type { ContainerClient } from '@azure/storage-blob';
import { openStream } from './read-evidence.ts';

/** Length and SHA-256 (hex) of a blob that is read as a stream, null when there is none. Throws the service's RestError, and when it ends too soon. */
export async function digestBlob(
  container: ContainerClient,
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly bytes: number; readonly sha256: string } | null> {
  const opened = await openStream(container, path, signal);
  if (opened.outcome === 'not found') return null;
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const piece of opened.stream) {
    if (!(piece instanceof Uint8Array)) throw new TypeError(`Reading ${path} gave something other than bytes.`);
    hash.update(piece);
    bytes += piece.length;
  }
  if (bytes !== opened.bytes) throw new Error(`Reading ${path} gave ${bytes} of its ${opened.bytes} bytes.`);
  return { bytes, sha256: hash.digest('hex') };
}
