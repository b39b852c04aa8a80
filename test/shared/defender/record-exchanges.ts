import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it was sent and its answer as it came, for a contract that is about what is on the wire. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The bytes as latin1. */
  readonly body: string;
  readonly answer: { readonly status: number; readonly contentType: string; readonly text: string };
}

/** A server on loopback that passes every request on to another and keeps what goes through it. */
export interface Recorder {
  readonly baseUrl: string;
  readonly exchanges: readonly Exchange[];
  readonly close: () => Promise<void>;
}

/** Starts a recorder before a server. */
export async function recordExchanges(targetUrl: string): Promise<Recorder> {
  const exchanges: Exchange[] = [];
  const server = createServer(async (incoming, response) => {
    const { method = '', url: path = '', headers } = incoming;
    const body = Buffer.concat(await incoming.toArray());
    const { hostname, port } = new URL(targetUrl);
    const outgoing = send({ hostname, port, method, path, headers }, async (answer) => {
      const bytes = Buffer.concat(await answer.toArray());
      const status = answer.statusCode ?? 0;
      const contentType = answer.headers['content-type'] ?? '';
      exchanges.push({
        method,
        path,
        headers,
        body: body.toString('latin1'),
        answer: { status, contentType, text: bytes.toString('utf8') },
      });
      response.writeHead(status, { 'content-type': contentType }).end(bytes);
    });
    outgoing.on('error', () => response.destroy());
    outgoing.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listen on a port gives an address object, never a pipe's name
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { baseUrl: `http://127.0.0.1:${port}`, exchanges, close };
}
