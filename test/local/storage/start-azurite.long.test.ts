import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, it } from 'vitest';
import { startAzurite } from '../../../local/storage/start-azurite.ts';

describe('startAzurite', () => {
  it('keeps its data in the folder from one start to the next', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'azurite-'));
    try {
      const first = await startAzurite({ folder });
      const upload = BlobServiceClient.fromConnectionString(first.connectionString).getContainerClient('evidence');
      await upload.create();
      await upload.getBlockBlobClient('a.txt').uploadData(Buffer.from('kept'));
      await first.close();

      const second = await startAzurite({ folder });
      const download = BlobServiceClient.fromConnectionString(second.connectionString).getContainerClient('evidence');
      const kept = await download.getBlobClient('a.txt').downloadToBuffer();
      await second.close();
      expect(kept.toString()).toBe('kept');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('ends with the process that started it, even a killed one', async () => {
    const starter = spawn(process.execPath, [
      '--input-type=module-typescript',
      '--eval',
      `import { startAzurite } from ${JSON.stringify(import.meta.resolve('../../../local/storage/start-azurite.ts'))};
       console.log((await startAzurite()).blobUrl);`,
    ]);
    const [output] = await once(starter.stdout, 'data');
    const blobUrl = `${output}`.trim();
    expect((await fetch(blobUrl)).status).toBe(400);

    starter.kill('SIGKILL');
    await expect
      .poll(
        () =>
          fetch(blobUrl).then(
            () => 'up',
            () => 'down',
          ),
        { timeout: 10_000 },
      )
      .toBe('down');
  });
});
