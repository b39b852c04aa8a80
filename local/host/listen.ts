import { once } from 'node:events';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

const loopbackPattern = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/** Lets a server listen on a loopback address, and gives its URL without a final slash; rejects with a sentence when the port is taken or the address is not of this machine alone. */
export async function listen(server: Server, port: number, address: string): Promise<string> {
  if (!loopbackPattern.test(address)) {
    throw new Error(
      `The local host asks for no key, so it listens on loopback only, not on ${address}. Use 127.0.0.1.`,
    );
  }
  server.listen(port, address);
  await once(server, 'listening').catch((error: unknown) => {
    throw new Error(describeListenError(error, port), { cause: error });
  });
  const bound = server.address();
  const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
  return `http://${address.includes(':') ? `[${address}]` : address}:${boundPort}`;
}

function describeListenError(error: unknown, port: number): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken by another program, perhaps by another local host. Stop that one, or choose another port: --port N, or --port 0 for any free one.`;
  }
  return `The host cannot listen on port ${port} (${code ?? String(error)}). Choose another port: --port N.`;
}

/** Takes no more connections, waits for open requests and the other work for at most `timeoutMs`, and ends every connection that is left. */
export async function closeServer(
  server: HttpServer,
  work: readonly Promise<void>[],
  timeoutMs: number,
): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  const sweep = setInterval(() => server.closeIdleConnections(), 20);
  const late = new AbortController();
  await Promise.race([
    Promise.all([closed, ...work]),
    wait(timeoutMs, undefined, { signal: late.signal }).catch(() => undefined),
  ]);
  late.abort();
  clearInterval(sweep);
  server.closeAllConnections();
}
