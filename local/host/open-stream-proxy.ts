import { Agent, Server as HttpServer } from 'node:http';
import { Server } from 'node:net';
import type { Registry } from './core-api.ts';

/** Where streamed HTTP requests are forwarded to, as an origin without a final slash, the connections to it, which are kept as the real host keeps them, and how to end it. */
export type StreamProxy = { origin: string; agent: Agent; close(): void };

/**
 * Tells the library that loading is over, and opens its proxy if the app called `app.setup({ enableHttpStream: true })`
 * (undefined otherwise). The library would let its proxy listen on every network interface and gives no handle to close
 * it; both are mended by standing in its call to `listen`, which it makes before `getCapabilities` returns its promise.
 */
export async function openStreamProxy(registry: Registry): Promise<StreamProxy | undefined> {
  const servers: Server[] = [];
  const listen = Server.prototype.listen;
  Server.prototype.listen = function listenOnLoopback(this: Server, ...args: unknown[]): Server {
    servers.push(this);
    // It would close a connection after five idle seconds, and with it a request that has just been sent on it.
    if (this instanceof HttpServer) this.keepAliveTimeout = 0;
    const onListening = args.at(-1);
    return listen.call(this, { port: 0, host: '127.0.0.1' }, () => {
      if (typeof onListening === 'function') onListening();
    });
  };
  let pending: Promise<Record<string, string>> | undefined;
  try {
    pending = registry.model?.getCapabilities({});
  } finally {
    Server.prototype.listen = listen;
  }
  const httpUri = (await pending)?.['HttpUri'];
  if (httpUri === undefined) return undefined;
  const agent = new Agent({ keepAlive: true });
  return {
    origin: `http://127.0.0.1:${new URL(httpUri).port}`,
    agent,
    close: () => {
      agent.destroy();
      for (const server of servers) server.close();
    },
  };
}
