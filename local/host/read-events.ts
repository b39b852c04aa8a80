import type { IncomingMessage } from 'node:http';
import { answerInWords, type HttpAnswer } from './http-answer.ts';
import { readBody } from './read-body.ts';

/** What a delivery to a webhook of Event Grid is: an answer that is ready (a handshake, a refusal), or events to act on. */
export type Delivery = { kind: 'answer'; answer: HttpAnswer } | { kind: 'events'; events: unknown[] };

/**
 * Reads a delivery in the Event Grid schema or as CloudEvents, one or a batch, as the real host's extension does
 * (Microsoft.Azure.WebJobs.Extensions.EventGrid, HttpRequestProcessor): `aeg-event-type` tells a handshake from events.
 * CloudEvents by their content type are taken without that header, so that any sender will do. The validation URL in a
 * handshake is never fetched. Rejects when the body cannot be read.
 */
export async function readDelivery(request: IncomingMessage): Promise<Delivery> {
  if (request.method === 'OPTIONS') return answerWith(allowOrigin(request));
  if (request.method !== 'POST') return answerWith(answerInWords(404, 'Event Grid delivers by POST.'));
  const kind = request.headers['aeg-event-type']?.toString().toLowerCase();
  if (kind === 'unsubscribe') return answerWith({ status: 202 });

  const events = parseEvents(await readBody(request));
  if (events === undefined) return answerWith(answerInWords(400, 'The body is not a JSON object or array.'));
  if (kind === 'subscriptionvalidation') return answerWith(validateSubscription(events));
  const isCloudEvents = /^application\/cloudevents(-batch)?\+json/i.test(request.headers['content-type'] ?? '');
  if (kind === 'notification' || (kind === undefined && isCloudEvents)) return { kind: 'events', events };
  return answerWith(answerInWords(400, 'Send the header "aeg-event-type: Notification", as Event Grid does.'));
}

const answerWith = (answer: HttpAnswer): Delivery => ({ kind: 'answer', answer });

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/http-webhook.md#42-validation-response */
function allowOrigin(request: IncomingMessage): HttpAnswer {
  const origin = request.headers['webhook-request-origin'];
  return {
    status: 200,
    headers: { 'webhook-allowed-origin': typeof origin === 'string' ? origin : 'eventgrid.azure.net' },
  };
}

/** https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema; CloudEvents encode their data twice. */
function validateSubscription([event]: unknown[]): HttpAnswer {
  const data = readProperty(event, 'data');
  const code = readProperty(typeof data === 'string' ? parseJson(data) : data, 'validationCode');
  if (typeof code !== 'string') return answerInWords(400, 'The handshake holds no data.validationCode.');
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ validationResponse: code }),
  };
}

/** A property of a value of unknown shape, undefined when there is none. */
export function readProperty(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parseEvents(body: Buffer): unknown[] | undefined {
  const parsed = parseJson(body.toString('utf8'));
  if (Array.isArray(parsed)) return parsed;
  return typeof parsed === 'object' && parsed !== null ? [parsed] : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
