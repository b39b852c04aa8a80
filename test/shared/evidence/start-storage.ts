import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { startAzurite } from '../../../local/storage/start-azurite.ts';

/** A request on its way to storage: a block, the list that commits blocks, or another. */
export interface StorageCall {
  readonly kind: 'block' | 'commit' | 'other';
  readonly blockId: string | null;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What becomes of it: storage gets it, gets it damaged, gets it but its answer is lost, or it is answered without storage. */
export type Fate = 'pass' | 'damage' | 'lose the answer' | { readonly status: number; readonly code: string };

/** A storage emulator of a test, its container `evidence`, and the same container behind somebody who decides each call's fate. */
export interface TestStorage {
  readonly container: ContainerClient;
  readonly behind: (decide: (call: StorageCall) => Fate | Promise<Fate>) => Promise<ContainerClient>;
  readonly open: (container: string) => ContainerClient;
  readonly close: () => Promise<void>;
}

/** Starts Azurite in memory with a container `evidence`. */
export async function startStorage(): Promise<TestStorage> {
  const azurite = await startAzurite();
  const proxies: Server[] = [];
  const connect = (connectionString: string) =>
    // A fault is met again at once, not after seconds.
    BlobServiceClient.fromConnectionString(connectionString, { retryOptions: { retryDelayInMs: 1 } });
  const open = (name: string) => connect(azurite.connectionString).getContainerClient(name);
  const container = open('evidence');
  await container.create();
  return {
    container,
    open,
    behind: async (decide) => {
      const proxy = createServer((incoming, outgoing) => {
        meddle(incoming, outgoing, azurite.blobUrl, decide).catch(() => outgoing.destroy());
      });
      proxies.push(proxy);
      await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
      const { port } = proxy.address() as AddressInfo;
      const through = azurite.connectionString.replace(azurite.blobUrl, `http://127.0.0.1:${port}/devstoreaccount1`);
      return connect(through).getContainerClient('evidence');
    },
    close: async () => {
      for (const proxy of proxies) {
        proxy.closeAllConnections();
        await new Promise((resolve) => proxy.close(resolve));
      }
      await azurite.close();
    },
  };
}

async function meddle(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  blobUrl: string,
  decide: (call: StorageCall) => Fate | Promise<Fate>,
): Promise<void> {
  const { method, headers, url = '' } = incoming;
  const query = new URL(url, blobUrl).searchParams;
  const kinds = { block: 'block', blocklist: 'commit' } as const;
  const kind = method === 'PUT' ? (kinds[query.get('comp') as keyof typeof kinds] ?? 'other') : 'other';
  const body = await buffer(incoming);
  const fate = await decide({ kind, blockId: query.get('blockid'), headers, body });
  if (typeof fate === 'object') {
    outgoing.writeHead(fate.status, { 'content-type': 'application/xml', 'x-ms-error-code': fate.code });
    outgoing.end(fate.status < 300 ? '' : `<Error><Code>${fate.code}</Code></Error>`);
    return;
  }
  const onward = request(new URL(url, blobUrl), { method, headers }, (answer) => {
    if (fate === 'lose the answer') {
      answer.resume().once('end', () => outgoing.destroy());
      return;
    }
    outgoing.writeHead(answer.statusCode ?? 500, answer.headers);
    answer.pipe(outgoing);
  });
  onward.once('error', () => outgoing.destroy());
  onward.end(fate === 'damage' ? body.map((byte) => byte ^ 1) : body);
}
