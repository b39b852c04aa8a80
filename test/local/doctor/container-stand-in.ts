import { once } from 'node:events';
import { createServer } from 'node:http';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { onTestFinished } from 'vitest';

/** What a container is like that no emulator can play. */
export interface ContainerNature {
  readonly policy: 'there' | 'none';
  /** What becomes of a second write of a blob. */
  readonly second: 'refused' | 'taken';
  /** The code of the 403 that it answers everything with. */
  readonly refuses?: string;
}

/** A stand-in for a container of Azure Storage, and the blobs that were written to it, by path in the order of the writes. */
export async function startContainer(
  nature: ContainerNature,
): Promise<{ readonly container: ContainerClient; readonly written: readonly string[] }> {
  const written: string[] = [];
  const server = createServer((request, response) => {
    request.resume();
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const reply = (status: number, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'x-ms-request-id': 'none', ...headers }).end();
    };
    if (nature.refuses !== undefined) {
      const body = `<?xml version="1.0"?><Error><Code>${nature.refuses}</Code><Message>No.</Message></Error>`;
      response.writeHead(403, { 'content-type': 'application/xml', 'x-ms-error-code': nature.refuses }).end(body);
      return;
    }
    if (url.searchParams.get('restype') === 'container')
      return reply(200, { 'x-ms-has-immutability-policy': String(nature.policy === 'there'), etag: '"1"' });
    if (url.searchParams.get('comp') === 'block') return reply(201);
    if (request.method === 'DELETE') return reply(202);
    const isSecond = written.includes(url.pathname);
    written.push(url.pathname);
    return isSecond && nature.second === 'refused'
      ? reply(409, { 'x-ms-error-code': 'BlobAlreadyExists' })
      : reply(201);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const connection = `DefaultEndpointsProtocol=http;AccountName=x;AccountKey=${btoa('key')};BlobEndpoint=http://127.0.0.1:${port}/x`;
  return { container: BlobServiceClient.fromConnectionString(connection).getContainerClient('evidence'), written };
}
