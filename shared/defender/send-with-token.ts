import { askForToken, type TokenSource } from './access-token.ts';
import type { Gate } from './admission.ts';
import type { EndpointCall } from './call-endpoint.ts';
import { raceAbort } from './race-abort.ts';
import { type Arrival, sendCall, type Wire } from './send.ts';

/** What requests are sent with. */
export interface SendParts {
  readonly baseUrl: URL;
  readonly wire: Wire;
  readonly tokens: TokenSource;
  readonly gate: Gate;
}

/** What came of one try: the last answer, if a request was sent, and for how many ms the next request was held back, if it was. */
export interface Sending {
  readonly arrival: Arrival | null;
  readonly heldForMs: number | null;
}

/**
 * Tries of one call, each with the token of the hour. Every request asks the gate first; the first 401 of all tries is
 * answered by one new token, a later one is believed. Tokens that were sent go on the list `sent`, one entry a request.
 */
export function openTries(
  parts: SendParts,
  call: EndpointCall,
  sent: string[],
  signal: AbortSignal | undefined,
): () => Promise<Sending> {
  const { tokens, gate } = parts;
  let renewal: 'to be had' | 'had' = 'to be had';

  async function send(token: string): Promise<Sending> {
    const admission = await raceAbort(gate.admit(call.endpoint, signal), signal);
    switch (admission.admission) {
      case 'admitted':
        return { arrival: await sendOnce(parts, call, token, sent, signal), heldForMs: null };
      case 'later':
        return { arrival: null, heldForMs: Math.max(0, admission.afterMs) };
      default: {
        const unknown: never = admission;
        throw new Error(`Unknown admission ${JSON.stringify(unknown)}.`);
      }
    }
  }

  return async () => {
    const token = await raceAbort(
      askForToken(() => tokens.getToken(signal)),
      signal,
    );
    const first = await send(token);
    const isRejected = first.arrival?.arrival === 'answer' && first.arrival.status === 401;
    if (!isRejected || renewal === 'had') return first;
    renewal = 'had';
    const next = await raceAbort(
      askForToken(() => tokens.renewToken(token, signal)),
      signal,
    );
    if (next === null) return first;
    const second = await send(next);
    return { arrival: second.arrival ?? first.arrival, heldForMs: second.heldForMs };
  };
}

function sendOnce(
  parts: SendParts,
  { method, url, body, endpoint }: EndpointCall,
  token: string,
  sent: string[],
  signal: AbortSignal | undefined,
): Promise<Arrival> {
  // Every address is built from the base URL; this keeps the token there should one ever not be.
  if (url.origin !== parts.baseUrl.origin) throw new Error(`'${endpoint}' was about to leave DEFENDER_API_URL.`);
  sent.push(token);
  return sendCall(parts.wire, {
    method,
    url,
    token,
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
}
