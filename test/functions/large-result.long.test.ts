import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordWindows } from '../../local/start/record-windows.ts';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

const GIB = 1024 ** 3;
const MIB = 1024 ** 2;
let app: AppUnderTest;

beforeAll(async () => {
  const anyFile = { content: { generated: { bytes: GIB, seed: 'large' } }, gzip: false };
  app = await startAppUnderTest({ storage: 'disk', windows: { ...recordWindows(), anyFile } });
});
afterAll(() => app.close());

/** Resident memory of a process in bytes, as the kernel has it. */
async function residentBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

describe.runIf(process.platform === 'linux')('a result of 1 GiB', () => {
  it('I12, I4: is copied whole, and memory stays within 128 MiB over the idle app', async () => {
    // A small collection first, so that everything that is loaded lazily is loaded.
    await app.waitForEnd((await firstCollection(await app.send({ alertId: app.alertIds[0] }))).id);
    const idleBytes = await residentBytes(app.processId);
    let peakBytes = idleBytes;
    const sampler = setInterval(() => {
      void residentBytes(app.processId).then((bytes) => {
        peakBytes = Math.max(peakBytes, bytes);
      });
    }, 50);
    const { id } = await firstCollection(await app.send({ alertId: app.alertIds[1] }));
    const ended = await app.waitForEnd(id, 300);
    clearInterval(sampler);
    expect(ended).toMatchObject({ status: 'collected' });
    const evidence = (await (await app.get(`/api/collections/${id}/evidence`)).json()) as {
      files: { path: string; bytes: number }[];
    };
    expect(evidence.files).toContainEqual({ path: 'data/0-1-getfile/content', bytes: GIB });

    const stored = BlobServiceClient.fromConnectionString(app.storage.connectionString).getContainerClient('evidence');
    const hash = createHash('sha256');
    const download = await stored.getBlobClient(`${id}/data/0-1-getfile/content`).download();
    if (download.readableStreamBody === undefined) throw new Error('The emulator answered without a body.');
    for await (const chunk of download.readableStreamBody) hash.update(chunk as Uint8Array);
    const manifest = (await stored.getBlobClient(`${id}/manifest-sha256.txt`).downloadToBuffer()).toString();
    expect(manifest).toContain(`${hash.digest('hex')}  data/0-1-getfile/content\n`);
    expect(peakBytes - idleBytes).toBeLessThan(128 * MIB);
  });
});
