import { createCipheriv } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One answer of a source, honest or not. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A source of results: it gives the answers in their order, the last one for ever. */
export interface TestSource {
  readonly origin: string;
  /** A link to it that no log or error may show. */
  readonly link: string;
  /** Headers of each request so far. */
  readonly requests: readonly IncomingMessage['headers'][];
  readonly close: () => Promise<void>;
}

/** Starts a source on loopback. */
export async function startSource(answers: readonly Answer[]): Promise<TestSource> {
  const requests: IncomingMessage['headers'][] = [];
  const server = createServer((request, response) => {
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(request.headers);
    answer?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    link: `${origin}/investigation-actions-data/x/CustomPlaybookCommandOutput/y?se=2026-01-01&sp=r&sv=2019-07-07&sr=b&sig=SECRET`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const made = new Map<string, Buffer>();

/** Bytes that look random and are the same each time. */
export function makeBytes(length: number, seed = 1): Buffer {
  const name = `${length}/${seed}`;
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  const bytes = made.get(name) ?? cipher.update(Buffer.alloc(length));
  made.set(name, bytes);
  return bytes;
}

/** An answer as Azure Storage gives it: ETag, Range and If-Match are understood. */
export function serve(content: Buffer, options: { etag?: string | null; cutAfter?: number } = {}): Answer {
  const etag = options.etag === undefined ? '"0x1"' : options.etag;
  return (request, response) => {
    const wanted = request.headers['if-match'];
    if (wanted !== undefined && wanted !== etag) return answerStatus(412)(request, response);
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (request.headers.range !== undefined && from >= content.length) return answerStatus(416)(request, response);
    response.writeHead(request.headers.range === undefined ? 200 : 206, {
      'content-length': content.length - from,
      ...(etag !== null && { etag }),
      ...(request.headers.range !== undefined && {
        'content-range': `bytes ${from}-${content.length - 1}/${content.length}`,
      }),
    });
    if (options.cutAfter === undefined) response.end(content.subarray(from));
    else response.write(content.subarray(from, options.cutAfter), () => setImmediate(() => response.destroy()));
  };
}

/** An answer without a result, in the XML of Azure Storage. */
export function answerStatus(status: number, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml', ...headers });
    response.end('<?xml version="1.0"?><Error><Code>AuthenticationFailed</Code><Message>sig=SECRET</Message></Error>');
  };
}
