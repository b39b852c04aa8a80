import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

const run = promisify(execFile);
let app: AppUnderTest;
let id = '';

beforeAll(async () => {
  app = await startAppUnderTest();
});
afterAll(() => app.close());

const getJson = async <T>(path: string) => (await (await app.get(path)).json()) as T;

describe('a client that knows nothing of us', () => {
  it('starts a collection with curl, follows Location as long as it is 202, waits as told, and reads where the evidence lies', async () => {
    const headers = ['-H', 'Content-Type: application/json'];
    const body = JSON.stringify({ alertId: app.alertIds[0] });
    const format = '%{http_code} %header{retry-after} %header{location}';
    const curl = async (...given: readonly string[]) => {
      const { stdout } = await run('curl', ['-sS', '-w', `\n${format}`, ...given]);
      const cut = stdout.lastIndexOf('\n');
      const [status = '', retryAfter = '', ...location] = stdout.slice(cut + 1).split(' ');
      return { status, retryAfter, location: location.join(' '), body: stdout.slice(0, cut) };
    };
    let answer = await curl('-X', 'POST', ...headers, '-d', body, `${app.url}/api/alerts`);
    const statuses = [answer.status];
    while (answer.status === '202' && statuses.length < 300) {
      expect(answer.location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/api\/operations\/[0-9a-f]{32}$/);
      expect(Number(answer.retryAfter)).toBeGreaterThan(0);
      // What it is told is for people's machines; the simulated one is quicker.
      await new Promise((resolve) => setTimeout(resolve, Number(answer.retryAfter) * 50));
      answer = await curl(answer.location);
      statuses.push(answer.status);
    }
    expect(statuses.at(-1)).toBe('200');
    expect(statuses.length).toBeGreaterThan(1);
    const { collections } = JSON.parse(answer.body) as {
      collections: { id: string; status: string; package: { evidenceUrl: string } }[];
    };
    expect(collections).toMatchObject([{ status: 'collected' }]);
    id = collections[0]?.id ?? '';
    const evidence = await curl(collections[0]?.package.evidenceUrl ?? '');
    expect(JSON.parse(evidence.body)).toMatchObject({
      id,
      files: expect.arrayContaining([expect.objectContaining({ path: 'manifest-sha256.txt' })]),
    });
  }, 300_000);
});

describe('a file of a package', () => {
  it('comes byte for byte as an attachment that nothing opens, and each time is in the custody log', async () => {
    const manifest = await (await app.get(`/api/collections/${id}/evidence/manifest-sha256.txt`)).text();
    const rows = manifest
      .trim()
      .split('\n')
      .map((row) => row.split(/\s+/));
    expect(rows.length).toBeGreaterThan(4);
    for (const [sha256, path] of rows) {
      const answer = await app.get(`/api/collections/${id}/evidence/${path}`);
      expect(answer.status).toBe(200);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'content-type': 'application/octet-stream',
        'content-disposition': expect.stringMatching(/^attachment; filename="[\w.-]+\.evidence"$/),
        'x-content-type-options': 'nosniff',
        'content-security-policy': expect.stringContaining('sandbox'),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
    }
    const { entries } = await getJson<{ entries: { number: number; event: string; detail: { path: string } }[] }>(
      `/api/collections/${id}/custody`,
    );
    const exported = entries.filter((entry) => entry.event === 'exported');
    expect(exported.map((entry) => entry.detail.path)).toEqual([
      'manifest-sha256.txt',
      ...rows.map(([, path]) => path),
    ]);
    expect(exported.at(-1)).toMatchObject({ actor: 'http', caller: 'local' });
    const custody = BlobServiceClient.fromConnectionString(app.storage.connectionString).getContainerClient('custody');
    for (const { number } of exported) {
      const line = (await custody.getBlobClient(`${id}/${number}.json`).downloadToBuffer()).toString();
      expect(JSON.parse(line)).toMatchObject({ number, event: 'exported' });
    }
  });

  it('comes in an encrypted zip for who asks for that, and the custody log says so', async () => {
    const path = 'data/0-1-getfile/content';
    const plain = Buffer.from(await (await app.get(`/api/collections/${id}/evidence/${path}`)).arrayBuffer());
    const answer = await app.get(`/api/collections/${id}/evidence/${path}?as=zip`);
    const name = `${id}_data_0-1-getfile_content.evidence`;
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="${name}.zip"`);
    const zip = new Uint8Array(await answer.arrayBuffer());
    const entries = await new ZipReader(new Uint8ArrayReader(zip), { useWebWorkers: false }).getEntries();
    expect(entries.map(({ filename, encrypted }) => ({ filename, encrypted }))).toEqual([
      { filename: name, encrypted: true },
    ]);
    const [entry] = entries;
    const content =
      entry?.directory === false && (await entry.getData(new Uint8ArrayWriter(), { password: 'infected' }));
    expect(Buffer.from(content || []).equals(plain)).toBe(true);

    const { entries: log } = await getJson<{ entries: { event: string; detail: object; caller: string }[] }>(
      `/api/collections/${id}/custody`,
    );
    const bytes = plain.length;
    expect(log.slice(-2)).toMatchObject([
      { event: 'exported', caller: 'local', detail: { path, bytes, wrapped: 'as it is' } },
      { event: 'exported', caller: 'local', detail: { path, bytes, wrapped: 'in a zip' } },
    ]);
  });

  it.each(['as=gzip', 'as=zip&password=secret', 'zip'])(
    'asked for with %s it is refused, not given out',
    async (query) => {
      const before = await getJson<{ entries: readonly unknown[] }>(`/api/collections/${id}/custody`);
      const answer = await app.get(`/api/collections/${id}/evidence/report.html?${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toMatchObject({ code: 'wrong-query' });
      expect(await getJson(`/api/collections/${id}/custody`)).toEqual(before);
    },
  );

  it.each(['nothing/here', 'data/../../other', '%2e%2e/report.html', '..%2Fother%2Freport.html', 'data%252Falert'])(
    '%s is not found, and nobody is noted to have had it',
    async (item) => {
      const before = await getJson<{ entries: readonly unknown[] }>(`/api/collections/${id}/custody`);
      const answer = await app.get(`/api/collections/${id}/evidence/${item}`);
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json|^text\/plain/);
      expect((await getJson<typeof before>(`/api/collections/${id}/custody`)).entries).toHaveLength(
        before.entries.length,
      );
    },
  );
});

describe('what has not changed', () => {
  it.each(['/api/collections', '/api/keys', '/api/openapi.json'])('is 304 for who has it: %s', async (path) => {
    const etag = (await app.get(path)).headers.get('etag') ?? '';
    expect((await fetch(`${app.url}${path}`, { headers: { 'if-none-match': `W/${etag}` } })).status).toBe(304);
  });

  it.each(['', '/custody', '/evidence', '/report'])('is 304 for who has it: a collection%s', async (part) => {
    const url = `${app.url}/api/collections/${id}${part}`;
    const etag = (await fetch(url)).headers.get('etag') ?? '';
    expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
    const again = await fetch(url, { headers: { 'if-none-match': etag } });
    expect({ status: again.status, body: await again.text() }).toEqual({ status: 304, body: '' });
    expect((await fetch(url, { headers: { 'if-none-match': '"another"' } })).status).toBe(200);
  });
});

describe('the list of collections', () => {
  const ids = async (query: string) =>
    (await getJson<{ collections: { id: string }[] }>(`/api/collections?${query}`)).collections.map((one) => one.id);

  it('finds by status, machine, alert, incident and by a file in the package', async () => {
    const { id: other } = await firstCollection(await app.send({ alertId: app.alertIds[2] }));
    await app.waitForEnd(other);
    type Found = { machineId: string; incidentId: string; results: { stored: { sha256: string } | null }[] };
    const { machineId, incidentId, results } = await getJson<Found>(`/api/collections/${id}`);
    expect(await ids('')).toEqual([other, id]);
    expect(await ids('status=collected,partial')).toEqual([id]);
    expect(await ids('status=skipped')).toEqual([other]);
    expect(await ids(`machine=${machineId}`)).toEqual([id]);
    expect(await ids(`alert=${app.alertIds[2]}`)).toEqual([other]);
    expect(await ids(`incident=${incidentId}&status=collected`)).toEqual([id]);
    for (const other of [`incident=${incidentId}0`, `machine=${'0'.repeat(40)}`, `alert=${app.alertIds[2]}0`])
      expect(await ids(other), other).toEqual([]);
    for (const { stored } of results) expect(await ids(`sha256=${stored?.sha256}`)).toEqual([id]);
    expect(await ids(`sha256=${'0'.repeat(64)}`)).toEqual([]);
  });

  it('goes on at next with the same filters', async () => {
    const first = await getJson<{ next: string; collections: { id: string }[] }>(
      '/api/collections?limit=1&status=collected,skipped',
    );
    expect(first.collections).toHaveLength(1);
    const next = new URL(first.next);
    expect(next.searchParams.get('status')).toBe('collected,skipped');
    const second = (await (await fetch(next)).json()) as { collections: { id: string }[] };
    expect(second.collections.map((one) => one.id)).toEqual([id]);
  });

  it.each(['machine=web-01', 'status=done', 'colour=red', 'limit=0'])('with %s is refused', async (query) => {
    const answer = await app.get(`/api/collections?${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'wrong-query' });
  });
});
