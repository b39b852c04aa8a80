import { once } from 'node:events';
import { Readable } from 'node:stream';
import { RestError, type ContainerClient } from '@azure/storage-blob';

/** A blob's bytes as a stream, which the caller reads to its end or destroys. */
export type OpenedBlob =
  | {
      readonly outcome: 'opened';
      readonly stream: Readable;
      readonly bytes: number;
      readonly contentType: string;
      /** When the service wrote the blob, ISO 8601 UTC. */
      readonly storedAt: string;
      readonly metadata: Readonly<Record<string, string>>;
    }
  | { readonly outcome: 'not found' };

/** A blob's bytes, or why there are none. */
export type WholeBlob =
  | { readonly outcome: 'read'; readonly content: Uint8Array; readonly contentType: string }
  | { readonly outcome: 'not found' }
  | { readonly outcome: 'too large'; readonly bytes: number };

/** A blob of a package: its path in the package and its length. */
export interface PackedBlob {
  readonly path: string;
  readonly bytes: number;
}

/** How often a cut download goes on by itself (Azure SDK: `maxRetryRequests`, by Range and If-Match). */
const MAX_RESUMES = 5;

/** Opens a blob for reading; its stream goes on by itself after a cut. Throws the service's RestError, also when there is no such container. */
export async function openStream(container: ContainerClient, path: string, signal?: AbortSignal): Promise<OpenedBlob> {
  try {
    const answer = await container
      .getBlockBlobClient(path)
      .download(0, undefined, { maxRetryRequests: MAX_RESUMES, ...(signal && { abortSignal: signal }) });
    const { readableStreamBody: body, contentLength: bytes, lastModified, metadata = {} } = answer;
    if (!(body instanceof Readable) || bytes === undefined || lastModified === undefined) {
      throw new Error(`Storage answered without the bytes, length or time of ${path}.`);
    }
    const contentType = answer.contentType ?? 'application/octet-stream';
    return { outcome: 'opened', stream: body, bytes, contentType, storedAt: lastModified.toISOString(), metadata };
  } catch (error) {
    if (isMissingBlob(error)) return { outcome: 'not found' };
    throw error;
  }
}

/** Reads a blob of at most `capBytes`; a longer one is not read. Throws the service's RestError. */
export async function readWhole(container: ContainerClient, path: string, capBytes: number): Promise<WholeBlob> {
  const opened = await openStream(container, path);
  if (opened.outcome === 'not found') return opened;
  const { stream, bytes, contentType } = opened;
  if (bytes > capBytes) {
    stream.once('error', () => stream.destroy());
    const closed = once(stream, 'close');
    stream.destroy();
    await closed;
    return { outcome: 'too large', bytes };
  }
  const content = Buffer.alloc(bytes);
  let read = 0;
  for await (const piece of stream) {
    if (!(piece instanceof Uint8Array)) throw new TypeError(`Reading ${path} gave something other than bytes.`);
    if (read + piece.length > bytes) throw new Error(`Reading ${path} gave more than its ${bytes} bytes.`);
    content.set(piece, read);
    read += piece.length;
  }
  if (read !== bytes) throw new Error(`Reading ${path} gave ${read} of its ${bytes} bytes.`);
  return { outcome: 'read', content, contentType };
}

/** All blobs of a collection's package, by their paths in it. Throws the service's RestError. */
export async function listPackage(container: ContainerClient, collectionId: string): Promise<readonly PackedBlob[]> {
  const prefix = `${collectionId}/`;
  const blobs: PackedBlob[] = [];
  for await (const blob of container.listBlobsFlat({ prefix })) {
    blobs.push({ path: blob.name.slice(prefix.length), bytes: blob.properties.contentLength ?? 0 });
  }
  return blobs;
}

function isMissingBlob(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404 && error.code !== 'ContainerNotFound';
}
