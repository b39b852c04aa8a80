import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linux, windows } from '../../local/simulator/default-machines.ts';
import { makeAlert } from '../../local/simulator/make-entities.ts';
import { NOTHING, readPayloadText, WANTED } from '../shared/doors/payload-fixtures.ts';
import { type AppUnderTest, startAppUnderTest } from './app-under-test.ts';

interface Collected {
  readonly alertId: string;
  readonly machineId: string;
  readonly status: string;
  readonly reason: string;
}

let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest({ settings: { MODE: 'observe' } });
  const wanted = Object.values(WANTED).flat();
  for (const [id, machine] of new Map(wanted.map(({ alertId, on }) => [alertId, on]))) {
    const time = new Date().toISOString();
    const facts = { id, severity: 'Medium', title: 'From a payload', alertCreationTime: time } as const;
    // An alert on several machines is one of Linux, as Defender names one only.
    const entity = makeAlert(wanted.find(({ alertId }) => alertId === id)?.on ?? machine, {
      ...facts,
      aadTenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
    });
    if (!id.includes(':')) app.simulator.addAlert({ entity, relatedFiles: [] });
  }
});
afterAll(() => app.close());

const post = (path: string, body: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${app.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body });

async function readRows(): Promise<readonly string[]> {
  const { connectionString } = app.storage;
  const table = TableClient.fromConnectionString(connectionString, 'collector', { allowInsecureConnection: true });
  const rows: string[] = [];
  for await (const row of table.listEntities()) rows.push(JSON.stringify(row));
  return rows;
}

describe('a payload that is sent to the door', () => {
  it.each(Object.entries(WANTED))('%s: each of its collections is planned', async (name, wanted) => {
    const answer = await post('/api/alerts', readPayloadText(name));
    const text = await answer.text();
    expect(answer.status, text).toBe(202);
    expect(text).not.toContain('SECRET');
    const { collections } = JSON.parse(text) as { collections: { id: string }[] };
    expect(collections).toHaveLength(wanted.length);
    const profileOf = new Map([
      // One names a script below a web root among its own files; Defender's alert of the same incident does not.
      [linux.id, name === 'sentinel-incident-own-rule' ? 'linux-web-shell' : 'linux-triage'],
      [windows.id, 'windows-triage'],
    ]);
    for (const [index, { alertId, on }] of wanted.entries()) {
      const id = collections[index]?.id ?? '';
      await app.waitForEnd(id);
      const shown = (await (await app.get(`/api/collections/${id}`)).json()) as Collected;
      expect(shown).toMatchObject({ alertId, machineId: on.id, status: 'skipped' });
      expect(shown.reason).toContain(`profile ${profileOf.get(on.id)} would have run`);
    }
  });

  it.each(NOTHING)('%s: is answered with 200 and why nothing comes of it', async (name) => {
    const answer = await post('/api/alerts', readPayloadText(name));
    const text = await answer.text();
    expect(answer.status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({ collections: [] });
    expect(text).toMatch(/"(left|refused)":\[\{"item":1,"why":"[^"]+\."/);
    expect(text).not.toContain('SECRET');
  });

  it('sent again, a payload is the same collections, and nothing was run for any', async () => {
    const ids = async () => {
      const answer = await post('/api/alerts', readPayloadText('graph-alert-two-machines'));
      return ((await answer.json()) as { collections: { id: string }[] }).collections.map(({ id }) => id);
    };
    expect(await ids()).toEqual(await ids());
    expect(app.simulator.actions()).toEqual([]);
  });
});

describe('a subscription of Event Grid to the door', () => {
  it('is validated by its handshake, which is stored nowhere', async () => {
    const before = (await readRows()).filter((row) => row.includes('"refused"')).length;
    const handshake = await post('/api/alerts', readPayloadText('event-grid-handshake'), {
      'aeg-event-type': 'SubscriptionValidation',
    });
    expect(handshake.status).toBe(200);
    expect(await handshake.json()).toEqual({ validationResponse: '512d38b6-c7b8-40c8-89fe-f46f9e9622b6' });
    expect((await readRows()).filter((row) => row.includes('"refused"'))).toHaveLength(before);
  });

  it('of CloudEvents is allowed by OPTIONS', async () => {
    const asked = await fetch(`${app.url}/api/alerts`, {
      method: 'OPTIONS',
      headers: { 'webhook-request-origin': 'eventgrid.azure.net', 'webhook-request-rate': '100' },
    });
    expect(asked.status).toBe(200);
    expect(asked.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
    expect(asked.headers.get('webhook-allowed-rate')).toBe('*');
  });

  it('delivers CloudEvents, one or a batch', async () => {
    const event = readPayloadText('cloud-event');
    const one = await post('/api/alerts', event, { 'content-type': 'application/cloudevents+json; charset=utf-8' });
    const batch = await post('/api/alerts', `[${event}]`, { 'content-type': 'application/cloudevents-batch+json' });
    expect([one.status, batch.status]).toEqual([202, 202]);
    expect(await batch.json()).toEqual(await one.json());
  });

  it.each(['event-grid', 'cloud-event-graph', 'event-grid-useless', 'graph-alert-other-product'])(
    'by the webhook of the trigger, %s is acknowledged',
    async (name) => {
      const payload: unknown = JSON.parse(readPayloadText(name));
      const isBare = name.startsWith('graph');
      const event = { id: '1', topic: 't', subject: 's', eventType: 'x', dataVersion: '1', data: payload };
      const answer = await post(
        '/runtime/webhooks/eventgrid?functionName=receive-event',
        JSON.stringify(isBare ? [event] : payload),
        { 'aeg-event-type': 'Notification' },
      );
      expect(answer.status).toBe(202);
    },
  );
});

describe('a collection by hand', () => {
  const ask = (body: object, key?: string) =>
    post('/api/collections', JSON.stringify(body), key === undefined ? {} : { 'idempotency-key': key });

  it('is planned for a machine and a profile, and under its key it is one', async () => {
    const body = { machineId: linux.id, profile: 'linux-triage', files: ['/etc/hostname'] };
    const first = await ask(body, 'ticket-7');
    expect(first.status).toBe(202);
    expect(first.headers.get('location')).toMatch(/\/api\/operations\/[0-9a-f]{32}$/);
    const { collections } = (await first.json()) as { collections: { id: string }[] };
    const [collection] = collections;
    await app.waitForEnd(collection?.id ?? '');
    expect(await (await app.get(`/api/collections/${collection?.id}`)).json()).toMatchObject({
      alertId: 'by-hand:ticket-7',
      machineId: linux.id,
      reason: expect.stringContaining('profile linux-triage would have run'),
    });
    expect(await (await ask(body, 'ticket-7')).json()).toMatchObject({ collections: [{ id: collection?.id }] });
    const other = await ask({ ...body, files: [] }, 'ticket-7');
    expect(other.status).toBe(422);
    expect(await other.json()).toMatchObject({ code: 'key-used', detail: expect.stringContaining('another key') });
  });

  it.each<readonly [string, object, string | undefined, number, string]>([
    ['without a key', { machineId: linux.id }, undefined, 400, 'no-key'],
    ['without a machine', { profile: 'linux-triage' }, 'k', 400, 'wrong-order'],
    ['for a machine that is a path', { machineId: '../../x' }, 'k', 400, 'wrong-order'],
  ])('%s is refused', async (_, body, key, status, code) => {
    const answer = await ask(body, key);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });
});

it('I7: nothing of a payload but its ids is in any row or log line', async () => {
  const kept = [...(await readRows()), await app.readLog()].join('\n');
  expect(kept).not.toContain('SECRET');
  expect(kept).not.toContain('logic.azure.com');
  expect(kept).not.toContain('iex(1); ');
});
