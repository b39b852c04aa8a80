import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { startAzurite } from '../../../local/storage/start-azurite.ts';

/** A storage emulator of a test, its container `evidence`, and the same container behind a proxy that damages what is sent to it. */
export interface TestStorage {
  readonly container: ContainerClient;
  readonly damaged: ContainerClient;
  readonly open: (container: string) => ContainerClient;
  readonly close: () => Promise<void>;
}

/** Starts Azurite in memory with a container `evidence`. */
export async function startStorage(): Promise<TestStorage> {
  const azurite = await startAzurite();
  const proxy = createServer((incoming, outgoing) => {
    const { method, headers } = incoming;
    const onward = request(new URL(incoming.url ?? '', azurite.blobUrl), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(outgoing);
    });
    const isBlock = /[?&]comp=block(&|$)/.test(incoming.url ?? '');
    incoming.on('data', (piece: Buffer) => onward.write(isBlock ? piece.map((byte) => byte ^ 1) : piece));
    incoming.on('end', () => onward.end());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as AddressInfo;
  const through = azurite.connectionString.replace(azurite.blobUrl, `http://127.0.0.1:${port}/devstoreaccount1`);
  const open = (name: string) =>
    BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient(name);
  const container = open('evidence');
  await container.create();
  return {
    container,
    damaged: BlobServiceClient.fromConnectionString(through).getContainerClient('evidence'),
    open,
    close: async () => {
      proxy.closeAllConnections();
      await new Promise((resolve) => proxy.close(resolve));
      await azurite.close();
    },
  };
}
