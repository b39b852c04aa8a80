import { readdirSync, readFileSync } from 'node:fs';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

/** Rows that every poll writes, whatever was received. */
const OF_THE_POLL: readonly (string | undefined)[] = ['heartbeat', 'turn', 'quota'];
let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest({ roles: ['Machine.Read.All'] });
});
afterAll(() => app.close());

const json = { 'content-type': 'application/json' };

describe('bad input is answered with a problem that helps', () => {
  it.each<readonly [string, string, Readonly<Record<string, string>>, number, string, RegExp]>([
    ['no body', '', json, 400, 'no-body', /Send the alert in the body/],
    ['not JSON', '{"alertId": ', json, 400, 'not-json', /cannot be read as JSON/],
    ['an unknown payload', '{"hello":"world"}', json, 422, 'unknown-payload', /names no alert/],
    ['a list that is empty', '[]', json, 422, 'unknown-payload', /list is empty/],
    ['an id that is none', '{"alertId":"../../x"}', json, 422, 'unknown-payload', /not one of Defender/],
    [
      'a wrong content type',
      'alertId=da1_1',
      { 'content-type': 'application/x-www-form-urlencoded' },
      415,
      'wrong-content-type',
      /application\/json/,
    ],
    [
      '10 MB of body',
      `{"alertId":"da1_1","x":"${'x'.repeat(10 * 1024 * 1024)}"}`,
      json,
      413,
      'body-too-large',
      /1 MiB at most/,
    ],
  ])('%s', async (_, body, headers, status, code, detail) => {
    const answer = await app.send(body, headers);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      status,
      code,
      detail: expect.stringMatching(detail),
      title: expect.any(String),
    });
  });

  it('nothing of it is stored but the fact', async () => {
    const table = TableClient.fromConnectionString(app.storage.connectionString, 'collector', {
      allowInsecureConnection: true,
    });
    const rows: string[] = [];
    for await (const row of table.listEntities<{ data: string }>()) {
      if (!OF_THE_POLL.includes(row.partitionKey)) rows.push(`${row.partitionKey} ${row.data}`);
    }
    expect(rows).toHaveLength(7);
    for (const row of rows) expect(row).toMatch(/^refused \{"at":"[^"]+","door":"http","code":"[a-z-]+"\}$/);
    const evidence = BlobServiceClient.fromConnectionString(app.storage.connectionString).getContainerClient(
      'evidence',
    );
    for await (const blob of evidence.listBlobsFlat()) expect(blob.name).toBe('no blob at all');
  });

  it.each([
    '/api/collections/nonsense',
    `/api/collections/${'0'.repeat(32)}`,
    `/api/collections/${'0'.repeat(32)}/custody`,
    `/api/operations/${'0'.repeat(32)}`,
  ])('%s is not found, and says where to look', async (path) => {
    const answer = await app.get(path);
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      code: 'not-found',
      detail: expect.stringContaining('POST /api/alerts'),
    });
  });
});

describe('a permission that is missing', () => {
  it('is named in the reason of the collection, which waits for it', async () => {
    const { id } = await firstCollection(await app.send({ alertId: app.alertIds[0] }));
    await expect
      .poll(
        async () => ((await (await app.get(`/api/collections/${id}`)).json()) as { reason: string | null }).reason,
        { timeout: 20_000 },
      )
      .toMatch(/Alert\.Read\.All/);
    expect(await (await app.get(`/api/collections/${id}`)).json()).toMatchObject({ status: 'received' });
  });

  it('health is up all the same and shows no secret', async () => {
    const answer = await app.get('/api/health');
    const text = await answer.text();
    const profiles = readdirSync(new URL('../../profiles/', import.meta.url)).filter(
      (name) => name.endsWith('.yaml') && name !== 'deny.yaml',
    ).length;
    const lock = JSON.parse(readFileSync(new URL('../../library/lock.json', import.meta.url), 'utf8')) as object;
    const scripts = Object.keys(lock).length;
    expect(JSON.parse(text)).toMatchObject({ status: 'up', mode: 'collect', profiles, scripts });
    expect(text).not.toContain(app.simulator.token);
  });
});
