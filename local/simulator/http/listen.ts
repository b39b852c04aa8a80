import type { Server } from 'node:http';

/** Starts a server on a port of 127.0.0.1 (0 takes a free one) and gives its origin; fails with what to do if the port is taken. */
export async function listenOnLoopback(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new Error(
          `The Defender simulator cannot listen on 127.0.0.1:${port}: ${cause.message}. Stop what uses the port, or choose another.`,
          { cause },
        ),
      ),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP address.');
  return `http://127.0.0.1:${address.port}`;
}

/** Closes a server and the connections that are open. */
export async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
