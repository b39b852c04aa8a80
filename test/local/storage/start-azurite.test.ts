import { once } from 'node:events';
import { createServer } from 'node:net';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { describe, expect, it } from 'vitest';
import { startAzurite } from '../../../local/storage/start-azurite.ts';

describe('startAzurite', { timeout: 30_000 }, () => {
  it('serves blobs, queues and tables by one connection string', async () => {
    const azurite = await startAzurite();
    try {
      const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('tickets');
      expect((await container.createIfNotExists()).succeeded).toBe(true);
      expect(container.url).toBe(`${azurite.blobUrl}/tickets`);

      const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient('messages');
      expect((await queue.createIfNotExists()).succeeded).toBe(true);
      expect(queue.url).toBe(`${azurite.queueUrl}/messages`);

      const table = TableClient.fromConnectionString(azurite.connectionString, 'collections', {
        allowInsecureConnection: true,
      });
      await table.createTable();
      await table.createEntity({ partitionKey: 'p', rowKey: 'r', state: 'received' });
      expect(await table.getEntity('p', 'r')).toMatchObject({ state: 'received' });
      expect(table.url).toBe(azurite.tableUrl);
    } finally {
      await azurite.close();
    }
    await expect(fetch(azurite.blobUrl)).rejects.toThrow('fetch failed');
  });

  it('says which ports to look at when one is taken', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const address = occupant.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(startAzurite({ ports: { blob: port, queue: 0, table: 0 } })).rejects.toThrow(
      new RegExp(`did not start.*EADDRINUSE.*Look whether another one runs on the ports ${port}, 0, 0`, 's'),
    );
    occupant.close();
  });
});
