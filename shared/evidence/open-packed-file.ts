import type { ContainerClient } from '@azure/storage-blob';
import { openStream } from './read-evidence.ts';

/** Opens a file of a package as a stream of bytes; `drop` lets go of one that nobody reads. Throws the service's RestError. */
export async function openPackedFile(container: ContainerClient, collectionId: string, path: string) {
  const opened = await openStream(container, `${collectionId}/${path}`);
  if (opened.outcome === 'not found') return opened;
  const { stream, bytes } = opened;
  const drop = () => {
    stream.once('error', () => undefined);
    stream.destroy();
  };
  return { outcome: 'opened' as const, content: readBytes(stream, path), bytes, drop };
}

async function* readBytes(stream: AsyncIterable<unknown>, path: string): AsyncGenerator<Uint8Array> {
  for await (const piece of stream) {
    if (!(piece instanceof Uint8Array)) throw new TypeError(`Reading ${path} gave something other than bytes.`);
    yield piece;
  }
}
