import { describe, expect, it } from 'vitest';
import { allowSender, answerHandshake } from '../../../shared/doors/handshake.ts';
import { readPayloadText } from './payload-fixtures.ts';

describe('answerHandshake', () => {
  it('gives the code back and nothing of the URL', () => {
    const answer = answerHandshake(JSON.parse(readPayloadText('event-grid-handshake')));
    expect(answer).toMatchObject({
      status: 200,
      body: '{"validationResponse":"512d38b6-c7b8-40c8-89fe-f46f9e9622b6"}',
    });
  });

  it('of a CloudEvent, whose data is a text, as well', () => {
    const type = 'Microsoft.EventGrid.SubscriptionValidationEvent';
    expect(answerHandshake({ specversion: '1.0', type, source: 's', data: '{"validationCode":"a-1"}' })).toMatchObject({
      status: 200,
      body: '{"validationResponse":"a-1"}',
    });
  });

  it.each([[{}], [{ validationCode: 7 }], [{ validationCode: '<script>' }], [{ validationCode: 'x'.repeat(201) }]])(
    'without a code there is no answer to it: %j',
    (data) => {
      const eventType = 'Microsoft.EventGrid.SubscriptionValidationEvent';
      expect(answerHandshake([{ eventType, data }])).toBeNull();
    },
  );

  it.each([[null], ['x'], [[]], [{ alertId: 'da1_1' }], [[{ eventType: 'Soc.Alert', data: {} }]]])(
    '%j is no handshake',
    (body) => {
      expect(answerHandshake(body)).toBeNull();
    },
  );
});

describe('allowSender', () => {
  it('allows the host that asks, and as many events as it likes', () => {
    const headers = new Headers({ 'webhook-request-origin': 'eventgrid.azure.net', 'webhook-request-rate': '120' });
    expect(allowSender(headers)).toMatchObject({
      status: 200,
      headers: { 'webhook-allowed-origin': 'eventgrid.azure.net', 'webhook-allowed-rate': '*', allow: 'OPTIONS, POST' },
    });
  });

  it.each([null, '', '*', 'https://example.com', 'a b', `${'x'.repeat(300)}.net`])(
    'says only what may be called to one who names %j',
    (origin) => {
      const headers = new Headers(origin === null ? {} : { 'webhook-request-origin': origin });
      const answer = allowSender(headers);
      expect(answer.status).toBe(204);
      expect(Object.keys(answer.headers)).not.toContain('webhook-allowed-origin');
    },
  );
});
