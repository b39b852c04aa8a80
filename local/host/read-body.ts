import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';

/** The largest request body the host takes, as the real host's Kestrel (100 MiB). */
export const maxBodyBytes = 100 * 1024 * 1024;

/** Thrown, or given to a stream, when a body is larger than `maxBodyBytes`. */
export class BodyTooLargeError extends Error {
  override name = 'BodyTooLargeError';
  constructor() {
    super(`A request body may have at most ${maxBodyBytes} bytes.`);
  }
}

/** Tells from the content-length whether a request is too large to be read at all. */
export function announcesTooMuch(request: IncomingMessage): boolean {
  return Number(request.headers['content-length'] ?? 0) > maxBodyBytes;
}

/** A stream that passes bytes through and fails with BodyTooLargeError when there are more than `maxBodyBytes`. */
export function limitBody(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) done(new BodyTooLargeError());
      else done(null, chunk);
    },
  });
}

/** Reads a whole request body; rejects with BodyTooLargeError, or when the client goes away. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  if (announcesTooMuch(request)) throw new BodyTooLargeError();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    const read = Buffer.from(chunk);
    bytes += read.length;
    if (bytes > maxBodyBytes) throw new BodyTooLargeError();
    chunks.push(read);
  }
  return Buffer.concat(chunks);
}
