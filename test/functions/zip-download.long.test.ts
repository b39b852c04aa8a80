import { createHash } from 'node:crypto';
import { createWriteStream, openAsBlob } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { BlobReader, ZipReader } from '@zip.js/zip.js';
import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatedContent } from '../../local/simulator/results/generated-content.ts';
import { recordWindows } from '../../local/start/record-windows.ts';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

const MIB = 1024 ** 2;
const BYTES = 256 * MIB;
let app: AppUnderTest;

beforeAll(async () => {
  const anyFile = { content: { generated: { bytes: BYTES, seed: 'zipped' } }, gzip: false };
  app = await startAppUnderTest({ storage: 'disk', windows: { ...recordWindows(), anyFile } });
});
afterAll(() => app.close());

/** Resident memory of the app in bytes, as the kernel has it. */
async function residentBytes(): Promise<number> {
  const status = await readFile(`/proc/${app.processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

/** Downloads to a file as fast as it comes, and gives the app's most memory meanwhile. */
async function download(url: string, file: string): Promise<number> {
  let peakBytes = await residentBytes();
  const sampler = setInterval(() => {
    void residentBytes().then((bytes) => {
      peakBytes = Math.max(peakBytes, bytes);
    });
  }, 50);
  try {
    const { statusCode, body } = await request(url, { bodyTimeout: 300_000, headersTimeout: 300_000 });
    expect(statusCode).toBe(200);
    await pipeline(body, createWriteStream(file));
  } finally {
    clearInterval(sampler);
  }
  return peakBytes;
}

describe.runIf(process.platform === 'linux')(`a file of ${BYTES / MIB} MiB in an encrypted zip`, () => {
  it('passes with at most 96 MiB of memory over the app before it, and is read by another’s reader', async () => {
    const { id } = await firstCollection(await app.send({ alertId: app.alertIds[1] }));
    expect(await app.waitForEnd(id, 300)).toMatchObject({ status: 'collected' });
    const url = `${app.url}/api/collections/${id}/evidence`;
    // A small one first, so that everything that is loaded lazily is loaded.
    await download(`${url}/bagit.txt?as=zip`, `${app.folder}/small.zip`);
    const idleBytes = await residentBytes();
    const file = `${app.folder}/large.zip`;
    const peakBytes = await download(`${url}/data/0-1-getfile/content?as=zip`, file);
    expect(peakBytes - idleBytes).toBeLessThan(96 * MIB);

    const hash = createHash('sha256');
    const zip = new BlobReader(await openAsBlob(file));
    const [entry] = await new ZipReader(zip, { useWebWorkers: false }).getEntries();
    if (entry === undefined || entry.directory) throw new Error('It holds no file.');
    await entry.getData(new WritableStream({ write: (piece: Uint8Array) => void hash.update(piece) }), {
      password: 'infected',
    });
    const sent = createHash('sha256');
    for await (const piece of generatedContent(BYTES, 'zipped').read(0, BYTES)) sent.update(piece);
    expect(hash.digest('hex')).toBe(sent.digest('hex'));
  }, 900_000);
});
