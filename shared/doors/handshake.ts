import { readField, readJsonText, readText } from './read-field.ts';
import { json, type Reply } from './reply.ts';

const VALIDATION = 'microsoft.eventgrid.subscriptionvalidationevent';

/**
 * The answer to Event Grid's handshake, null for anything else, a handshake without a code included: the code it sent comes back, the URL that it sent is never
 * fetched (Event Grid: endpoint validation with the Event Grid event schema).
 */
export function answerHandshake(body: unknown): Reply | null {
  const event: unknown = Array.isArray(body) ? body[0] : body;
  const type = readText(event, 'eventType') ?? readText(event, 'type');
  if (type?.toLowerCase() !== VALIDATION) return null;
  const code = readField(readJsonText(readField(event, 'data')), 'validationCode');
  return typeof code === 'string' && /^[\w-]{1,200}$/.test(code) ? json(200, { validationResponse: code }) : null;
}

/** The answer to a sender of CloudEvents that asks whether it may send (CloudEvents: web hooks, abuse protection). */
export function allowSender(headers: { get(name: string): string | null }): Reply {
  const allow = { allow: 'OPTIONS, POST', 'cache-control': 'no-store' };
  const origin = headers.get('webhook-request-origin')?.trim() ?? '';
  // A host name and nothing else is repeated: the header comes from anybody.
  if (!/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/i.test(origin)) return { status: 204, headers: allow, body: '' };
  const wantsRate = headers.get('webhook-request-rate') !== null;
  const allowed = { 'webhook-allowed-origin': origin, ...(wantsRate ? { 'webhook-allowed-rate': '*' } : {}) };
  return { status: 200, headers: { ...allow, ...allowed }, body: '' };
}
