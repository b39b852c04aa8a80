import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchPackage } from '../../local/start/fetch-package.ts';
import { readKeys } from '../../local/verify/read-pins.ts';
import { verifyPackage } from '../../local/verify/verify-package.ts';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

let app: AppUnderTest;
let id = '';

beforeAll(async () => {
  app = await startAppUnderTest();
});
afterAll(() => app.close());

describe('an alert on the simulated Linux machine, through the real triggers', () => {
  it('is answered with 202, a Location and its collection, and becomes a package that verifies', async () => {
    const answer = await app.send({ alertId: app.alertIds[0] });
    expect(answer.status).toBe(202);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
    const collection = await firstCollection(answer);
    id = collection.id;
    expect(collection.url).toBe(`${app.url}/api/collections/${id}`);
    const location = answer.headers.get('location') ?? '';
    expect((await fetch(location)).status).toBe(202);

    const ended = await app.waitForEnd(id);
    expect(ended).toMatchObject({ status: 'collected', reason: null });
    expect(ended.results.map((result) => result.status)).toEqual(['stored', 'stored']);
    const operation = await fetch(location);
    expect(operation.status).toBe(200);
    expect(await operation.json()).toMatchObject({ status: 'ended', collections: [{ id, status: 'collected' }] });

    const folder = `${app.folder}/package`;
    await fetchPackage(app.storage.connectionString, id, folder);
    const keys = await readKeys(await (await app.get('/api/keys')).text());
    if (keys.outcome === 'fault') throw new Error(`What the app publishes ${keys.fault}.`);
    expect(await verifyPackage(folder, { pins: keys.pins, collectionId: id })).toMatchObject({
      verdict: 'intact',
      signature: { signature: 'fits', vouchedBy: 'a given key' },
    });
  });

  it('publishes the keys of signatures as a set of public JWKs', async () => {
    const answer = await app.get('/api/keys');
    expect(answer.headers.get('content-type')).toBe('application/jwk-set+json');
    const { keys } = (await answer.json()) as { keys: object[] };
    expect(keys.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']]);
  });

  it('sent again it is the same collection, and nothing is run', async () => {
    const runs = () => app.simulator.calls().filter((call) => /runliveresponse/i.test(call.path)).length;
    const before = runs();
    const again = await firstCollection(await app.send({ alertId: app.alertIds[0] }));
    expect(again).toMatchObject({ id, status: 'collected' });
    expect((await fetch(`${app.url}/api/poll`, { method: 'POST' })).status).toBe(200);
    expect(runs()).toBe(before);
    expect(before).toBe(1);
  });

  it('shows its custody log, its files and its report', async () => {
    const custody = (await (await app.get(`/api/collections/${id}/custody`)).json()) as {
      entries: { number: number; event: string }[];
    };
    expect(custody.entries.map((entry) => entry.number)).toEqual(custody.entries.map((_, index) => index + 1));
    expect(custody.entries.map((entry) => entry.event)).toEqual(
      expect.arrayContaining(['received', 'planned', 'starting', 'started', 'action ended', 'sealing', 'ended']),
    );
    const evidence = (await (await app.get(`/api/collections/${id}/evidence`)).json()) as { files: { path: string }[] };
    expect(evidence.files.map((file) => file.path)).toEqual(
      expect.arrayContaining(['bagit.txt', 'data/0-1-getfile/content', 'report.html']),
    );
    const report = await app.get(`/api/collections/${id}/report`);
    expect(report.headers.get('content-type')).toContain('text/html');
    expect(report.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await report.text()).toContain(app.alertIds[0]);
  });

  it('tells in its custody log who opened its report, by the service’s clock as well as ours', async () => {
    await app.get(`/api/collections/${id}/report`);
    const { entries } = (await (await app.get(`/api/collections/${id}/custody`)).json()) as {
      entries: { event: string; actor: string; caller?: string; atService?: string; detail: object }[];
    };
    expect(entries.filter(({ event }) => event === 'opened')).toMatchObject([
      { actor: 'http', caller: 'local', atService: expect.stringMatching(/Z$/), detail: { file: 'report.html' } },
    ]);
    expect(entries.slice(1).filter(({ atService }) => atService === undefined)).toEqual([]);
  });

  it('is listed, and a wrong limit is refused', async () => {
    const list = (await (await app.get('/api/collections?limit=1')).json()) as {
      collections: { id: string }[];
      next: string | null;
    };
    expect(list.collections).toHaveLength(1);
    expect((await app.get('/api/collections?limit=0')).status).toBe(400);
  });

  it('I7: no token, signature or link is in any row, blob or log line', async () => {
    const kept: string[] = [await app.readLog()];
    const table = TableClient.fromConnectionString(app.storage.connectionString, 'collector', {
      allowInsecureConnection: true,
    });
    for await (const row of table.listEntities()) kept.push(JSON.stringify(row));
    const blobs = BlobServiceClient.fromConnectionString(app.storage.connectionString);
    for await (const container of blobs.listContainers()) {
      const client = blobs.getContainerClient(container.name);
      for await (const blob of client.listBlobsFlat()) {
        kept.push(JSON.stringify(blob), (await client.getBlobClient(blob.name).downloadToBuffer()).toString('latin1'));
      }
    }
    expect(kept.length).toBeGreaterThan(10);
    for (const text of kept) {
      expect(text).not.toContain(app.simulator.token);
      expect(text).not.toMatch(/[?&]sig=/);
    }
  });
});

describe('an alert on the simulated Windows machine, through Event Grid', () => {
  it('comes by the webhook, after its handshake', async () => {
    const hook = `${app.url}/runtime/webhooks/eventgrid?functionName=receive-event`;
    const post = (type: string, events: unknown) =>
      fetch(hook, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'aeg-event-type': type },
        body: JSON.stringify(events),
      });
    const envelope = {
      id: '1',
      topic: 't',
      subject: 's',
      eventTime: new Date().toISOString(),
      dataVersion: '1',
      metadataVersion: '1',
    };
    const handshake = await post('SubscriptionValidation', [
      {
        ...envelope,
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        data: { validationCode: '512d38b6', validationUrl: 'https://example.com/never' },
      },
    ]);
    expect(await handshake.json()).toEqual({ validationResponse: '512d38b6' });
    const delivered = await post('Notification', [
      { ...envelope, eventType: 'Soc.Alert', data: { alertId: app.alertIds[1] } },
    ]);
    expect(delivered.ok).toBe(true);
    const { id: windows } = await firstCollection(await app.send({ alertId: app.alertIds[1] }));
    expect(await app.waitForEnd(windows)).toMatchObject({ status: 'collected' });
  });

  it('an event that can never be used is acknowledged and recorded', async () => {
    const event = {
      id: '2',
      topic: 't',
      subject: 's',
      eventType: 'x',
      eventTime: new Date().toISOString(),
      dataVersion: '1',
      metadataVersion: '1',
      data: { hello: 'world' },
    };
    const answer = await fetch(`${app.url}/runtime/webhooks/eventgrid?functionName=receive-event`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'aeg-event-type': 'Notification' },
      body: JSON.stringify([event]),
    });
    expect(answer.ok).toBe(true);
    const table = TableClient.fromConnectionString(app.storage.connectionString, 'collector', {
      allowInsecureConnection: true,
    });
    const refused: string[] = [];
    for await (const row of table.listEntities<{ data: string }>({
      queryOptions: { filter: "PartitionKey eq 'refused'" },
    }))
      refused.push(row.data);
    expect(refused).toEqual([expect.stringContaining('"door":"event grid"')]);
  });
});

describe('alerts that cannot be collected end with a sentence', () => {
  it.each([
    [
      'that Defender does not know',
      () => 'da637472900382838869_404',
      /^Defender does not know alert da637472900382838869_404\.$/,
    ],
    ['with no machine', () => app.alertIds[2], /names no machine/],
    [
      'on a machine whose system no profile covers',
      () => app.alertIds[3],
      /^No profile covers this alert on .* \(Android\)\.$/,
    ],
  ])('one %s', async (_, alertId, reason) => {
    const { id: skipped } = await firstCollection(await app.send({ alertId: alertId() }));
    const ended = await app.waitForEnd(skipped);
    expect(ended.status).toBe('skipped');
    expect(ended.reason).toMatch(reason);
  });
});
