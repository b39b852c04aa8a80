import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fixtureApp, type MainProcess, startMain } from './start-main.ts';

let host: MainProcess;
beforeAll(async () => {
  host = await startMain(['--port', '0', '--app', fixtureApp]);
}, 20_000);
afterAll(() => host.end('SIGTERM'));

const gridEvent = (id: string, subject = 'alerts') => ({
  id,
  subject,
  topic: '/subscriptions/1/topics/t',
  eventType: 'Alert.Created',
  eventTime: '2026-01-02T03:04:05.678Z',
  dataVersion: '1',
  metadataVersion: '1',
  data: { When: '2026-01-02T03:04:05Z' },
});
const cloudEvent = (id: string, subject = 'alerts') => ({
  specversion: '1.0',
  id,
  subject,
  type: 'Alert.Created',
  source: '/t',
  data: { n: 1 },
});
const validation = {
  id: 'v',
  topic: 't',
  subject: '',
  eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
  data: { validationCode: 'CODE-1', validationUrl: 'http://127.0.0.1:1/never-fetched' },
};

async function deliver(
  body: unknown,
  headers: Record<string, string>,
  { name = 'record', method = 'POST' } = {},
): Promise<Response> {
  return fetch(`${host.url}/runtime/webhooks/eventgrid?functionName=${name}&code=any`, {
    method,
    headers,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

async function seenEvents(): Promise<unknown[]> {
  const seen: { event?: unknown }[] = JSON.parse(await (await fetch(`${host.url}/v1/seen`)).text());
  return seen.flatMap(({ event }) => (event === undefined ? [] : [event]));
}

const notification = { 'aeg-event-type': 'Notification', 'content-type': 'application/json' };

describe('Event Grid triggers', () => {
  it.each([
    ['in the Event Grid schema', [validation]],
    ['as a CloudEvent, whose data is encoded twice', { ...validation, data: JSON.stringify(validation.data) }],
  ])('answer the validation code of a handshake %s', async (_, body) => {
    const response = await deliver(body, { 'aeg-event-type': 'SubscriptionValidation' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ validationResponse: 'CODE-1' });
  });

  it('allow the origin that asks by OPTIONS, as CloudEvents do', async () => {
    const response = await deliver(
      undefined,
      { 'webhook-request-origin': 'eventgrid.azure.net' },
      { method: 'OPTIONS' },
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('webhook-allowed-origin')).toBe('eventgrid.azure.net');
  });

  it.each([
    ['an array in the Event Grid schema', notification, [gridEvent('g1'), gridEvent('g2')]],
    ['a CloudEvent', { ...notification, 'content-type': 'application/cloudevents+json' }, [cloudEvent('c1')]],
    [
      'a batch of CloudEvents from any sender',
      { 'content-type': 'application/cloudevents-batch+json' },
      [cloudEvent('c2'), cloudEvent('c3')],
    ],
  ])('run once for each event of %s, and get it unchanged', async (_, headers, events: object[]) => {
    const response = await deliver(events.length === 1 ? events[0] : events, headers);
    expect(response.status).toBe(202);
    expect(await seenEvents()).toEqual(expect.arrayContaining(events));
    expect((await seenEvents()).filter((seen) => JSON.stringify(seen) === JSON.stringify(events[0]))).toHaveLength(1);
  });

  it('fail the delivery when one event fails, so that all are delivered again', async () => {
    const response = await deliver([gridEvent('f1'), gridEvent('f2', 'fails')], notification);
    expect(response.status).toBe(500);
    expect(await response.text()).toBe('The function record failed. Its log line says why.\n');
    expect(await seenEvents()).toEqual(expect.arrayContaining([gridEvent('f1'), gridEvent('f2', 'fails')]));
  });

  it.each([
    ['events without their header', [gridEvent('x1')], {}, 'record', 400],
    ['a body that is no JSON', '{', notification, 'record', 400],
    ['a handshake without a code', [{ data: {} }], { 'aeg-event-type': 'SubscriptionValidation' }, 'record', 400],
    ['the end of a subscription', [], { 'aeg-event-type': 'Unsubscribe' }, 'record', 202],
    ['an unknown function', [gridEvent('x2')], notification, 'nobody', 404],
    ['a function with another trigger', [gridEvent('x3')], notification, 'seen', 404],
  ])('answer to %s', async (_, body, headers, name, status) => {
    const before = (await seenEvents()).length;
    expect((await deliver(body, headers, { name })).status).toBe(status);
    expect(await seenEvents()).toHaveLength(before);
  });
});
