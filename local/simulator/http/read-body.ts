import type { IncomingMessage } from 'node:http';

/** Reads a request's body; beyond the limit it reads on without keeping, so that the answer can be received. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | 'too large'> {
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    lengthBytes += bytes.length;
    if (lengthBytes <= limitBytes) chunks.push(bytes);
  }
  return lengthBytes > limitBytes ? 'too large' : Buffer.concat(chunks);
}

/** Parses a body as JSON; undefined if it is none. */
export function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}
