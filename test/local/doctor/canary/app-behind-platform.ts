import { once } from 'node:events';
import { createServer } from 'node:http';
import { onTestFinished } from 'vitest';
import { principalHeader } from '../../../functions/principal-header.ts';

/** A platform that authenticates, before an app: the bearer token is the role that its holder has. */
export async function startPlatform(appUrl: string): Promise<string> {
  const server = createServer((request, response) => {
    const role = /^Bearer (\w+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (role === undefined) {
      response.writeHead(401, { 'content-type': 'text/html' }).end('<h1>No</h1>');
      return;
    }
    const { 'content-type': type, 'idempotency-key': key } = request.headers;
    const headers = {
      ...principalHeader([role]),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(typeof key === 'string' ? { 'idempotency-key': key } : {}),
    };
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = request.method === 'POST' ? { body: Buffer.concat(pieces) } : {};
      void fetch(`${appUrl}${request.url}`, { method: request.method ?? 'GET', headers, ...body }).then(
        async (answer) => {
          response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
          response.end(Buffer.from(await answer.arrayBuffer()));
        },
      );
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}
