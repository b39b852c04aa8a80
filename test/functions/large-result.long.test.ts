import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { windows } from '../../local/simulator/default-machines.ts';
import type { Fault } from '../../local/simulator/http/fault.ts';
import { generatedContent } from '../../local/simulator/results/generated-content.ts';
import { recordWindows } from '../../local/start/record-windows.ts';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

const MIB = 1024 ** 2;
/** One GiB, so that it ends in a minute beside others; RESULT_GIB=3 is as much as live response hands out at all. */
const GIB = Number(process.env['RESULT_GIB'] ?? 1);
const BYTES = GIB * 1024 ** 3;
/** Where the downloads are cut: at about a third and at two thirds. */
const CUT = GIB * 330 * MIB;
const where = { machineId: windows.id, index: 1 };
/** The first download is cut, the second is refused as storage refuses a link that is over, the third is cut again. */
const faults: readonly Fault[] = [
  { on: 'result', do: 'cut', afterBytes: CUT + 1, times: 1, where },
  { on: 'result', do: 'refuse', status: 403, code: 'AuthenticationFailed', times: 1, where },
  { on: 'result', do: 'cut', afterBytes: CUT - 7, times: 1, where },
];
let app: AppUnderTest;

beforeAll(async () => {
  const anyFile = { content: { generated: { bytes: BYTES, seed: 'large' } }, gzip: false };
  app = await startAppUnderTest({ storage: 'disk', windows: { ...recordWindows(), anyFile }, faults });
});
afterAll(() => app.close());

/** Resident memory of a process in bytes, as the kernel has it. */
async function residentBytes(processId: number): Promise<number> {
  const status = await readFile(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

async function sha256Of(stream: AsyncIterable<unknown>): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of stream) hash.update(piece as Uint8Array);
  return hash.digest('hex');
}

describe.runIf(process.platform === 'linux')(`a result of ${GIB} GiB`, () => {
  it('I12, I4: cut twice, and its link expired once, is copied whole, and memory stays within 128 MiB over the idle app', async () => {
    // A small collection first, so that everything that is loaded lazily is loaded.
    await app.waitForEnd((await firstCollection(await app.send({ alertId: app.alertIds[0] }))).id, 300);
    const idleBytes = await residentBytes(app.processId);
    let peakBytes = idleBytes;
    const sampler = setInterval(() => {
      void residentBytes(app.processId).then((bytes) => {
        peakBytes = Math.max(peakBytes, bytes);
      });
    }, 50);
    const { id } = await firstCollection(await app.send({ alertId: app.alertIds[1] }));
    const ended = await app.waitForEnd(id, 900);
    clearInterval(sampler);
    expect(ended).toMatchObject({ status: 'collected' });

    const content = generatedContent(BYTES, 'large');
    const sent = await sha256Of(content.read(0, BYTES));
    const stored = BlobServiceClient.fromConnectionString(app.storage.connectionString).getContainerClient('evidence');
    const download = await stored.getBlobClient(`${id}/data/0-1-getfile/content`).download();
    if (download.readableStreamBody === undefined) throw new Error('The emulator answered without a body.');
    expect(download.contentLength).toBe(BYTES);
    expect(await sha256Of(download.readableStreamBody)).toBe(sent);
    const manifest = (await stored.getBlobClient(`${id}/manifest-sha256.txt`).downloadToBuffer()).toString();
    expect(manifest).toContain(`${sent}  data/0-1-getfile/content\n`);
    // The transcript's own download, whole at once, is left out.
    const downloads = app.simulator
      .calls()
      .filter(({ endpoint, machineId }) => endpoint === 'result' && machineId === windows.id)
      .filter(({ range, answer }) => range !== 'bytes=0-' || answer === 'lost');
    const ways = downloads.map(({ status, answer }) => `${status} ${answer}`);
    expect(ways).toEqual(['206 lost', '403 sent', '206 lost', '206 sent']);
    const [first, refused, second, last] = downloads.map(({ range }) =>
      Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]),
    );
    // A cut takes with it what was on its way: each goes on where the bytes that came had ended.
    expect(first).toBe(0);
    expect(refused).toBeGreaterThan(CUT - MIB);
    expect(refused).toBeLessThanOrEqual(CUT + 1);
    expect(second).toBe(refused);
    expect(last).toBeGreaterThan(2 * CUT - 2 * MIB);
    expect(last).toBeLessThanOrEqual(2 * CUT - 6);
    expect(peakBytes - idleBytes).toBeLessThan(128 * MIB);
  }, 1_200_000);
});
