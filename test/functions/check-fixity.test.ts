import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

let app: AppUnderTest;
beforeAll(async () => {
  app = await startAppUnderTest({ settings: { FIXITY_SCHEDULE: '*/3 * * * * *', FIXITY_DAYS: '0' } });
});
afterAll(() => app.close());

interface Entry {
  readonly number: number;
  readonly event: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

/** The first entry of that kind in a collection's custody log, looked for as long as the test may take. */
async function waitForEntry(id: string, event: string): Promise<Entry> {
  for (;;) {
    const answer = await app.get(`/api/collections/${id}/custody`);
    const found = ((await answer.json()) as { entries: Entry[] }).entries.find((entry) => entry.event === event);
    if (found !== undefined) return found;
    await sleep(200);
  }
}

/** The lines of the app's log that tell of a mismatch; they come after the custody entry, which tells of it first. */
async function waitForMismatchLines(): Promise<readonly string[]> {
  for (;;) {
    const lines = (await app.readLog()).split('\n').filter((line) => line.includes('"evidence mismatch"'));
    if (lines.length > 0) return lines;
    await sleep(200);
  }
}

it('finds a sealed package intact, and finds a file of it that was changed behind our back', async () => {
  const { id } = await firstCollection(await app.send({ alertId: app.alertIds[0] }));
  expect(await app.waitForEnd(id)).toMatchObject({ status: 'collected' });
  const blobs = BlobServiceClient.fromConnectionString(app.storage.connectionString);
  const custody = blobs.getContainerClient('custody');
  const verified = await waitForEntry(id, 'verified');
  const text = (await custody.getBlobClient(`${id}/${verified.number}.json`).downloadToBuffer()).toString();
  expect(JSON.parse(text)).toMatchObject({ number: verified.number, event: 'verified', detail: verified.detail });

  const changed = blobs.getContainerClient('evidence').getBlockBlobClient(`${id}/data/0-1-getfile/content`);
  await changed.upload('x', 1);
  const mismatch = await waitForEntry(id, 'evidence mismatch');
  expect(mismatch.detail).toMatchObject({ faults: 1, what: 'data/0-1-getfile/content: changed' });
  expect((await waitForMismatchLines()).join('\n')).toContain(id);
  expect((await app.get(`/api/collections/${id}`)).status).toBe(200);
}, 240_000);
