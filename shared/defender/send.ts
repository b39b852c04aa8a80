import { Agent, type Dispatcher, type FormData, request } from 'undici';
import { judgeFault } from './judge-fault.ts';
import { raceAbort } from './race-abort.ts';
import type { Method } from './retry-delay.ts';

/** How a call may be cut short. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** One HTTP request as it goes out. */
export interface HttpCall extends CallOptions {
  readonly method: Method;
  readonly url: URL;
  readonly token: string;
  /** JSON text or a form; absent for none. */
  readonly body?: string | FormData;
}

/** What came of one HTTP request; `no answer` means that it may have been done. */
export type Arrival =
  | {
      readonly arrival: 'answer';
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly text: string;
    }
  | { readonly arrival: 'no answer' | 'not sent'; readonly code: string };

/** By what requests are sent, and what one may take as a whole. */
export interface Wire {
  readonly dispatcher: Dispatcher;
  readonly longestMs: number;
  readonly longestBytes: number;
}

/** How long each part of a request may take in ms (`bodyMs` between two parts of the answer), and how large an answer may be. */
export interface WireLimits {
  readonly connectMs: number;
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly wholeMs: number;
  readonly answerBytes: number;
}

/** The limits of production. */
export const WIRE_LIMITS: WireLimits = {
  connectMs: 10_000,
  headersMs: 60_000,
  bodyMs: 30_000,
  wholeMs: 100_000,
  answerBytes: 32 * 1024 * 1024,
};

/** A wire within limits, by connections of its own or those of a dispatcher, which then has its own limits but for the whole. */
export function openWire(limits: WireLimits = WIRE_LIMITS, dispatcher: Dispatcher = openAgent(limits)): Wire {
  return { dispatcher, longestMs: limits.wholeMs, longestBytes: limits.answerBytes };
}

/** Connections that are kept alive, HTTP/1.1 only: undici may send a request again by itself on HTTP/2. */
function openAgent({ connectMs, headersMs, bodyMs }: WireLimits): Agent {
  return new Agent({
    allowH2: false,
    connections: 16,
    pipelining: 1,
    connect: { timeout: connectMs },
    headersTimeout: headersMs,
    bodyTimeout: bodyMs,
    keepAliveTimeout: 10_000,
    keepAliveMaxTimeout: 60_000,
  });
}

/** Sends one request, once, following no redirect; faults are values, not thrown. */
export async function sendCall(wire: Wire, call: HttpCall): Promise<Arrival> {
  if (call.signal?.aborted) return { arrival: 'not sent', code: 'ABORT_ERR' };
  const longest = AbortSignal.timeout(wire.longestMs);
  const signal = call.signal === undefined ? longest : AbortSignal.any([call.signal, longest]);
  let answer: Dispatcher.ResponseData;
  try {
    const sending = request(call.url, {
      dispatcher: wire.dispatcher,
      method: call.method,
      signal,
      headers: {
        authorization: `Bearer ${call.token}`,
        accept: 'application/json',
        'user-agent': 'EvidenceCollectorForMicrosoftDefender',
        ...(typeof call.body === 'string' ? { 'content-type': 'application/json' } : {}),
      },
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    // While a connection is sought undici does not hear the signal; once it does, nothing is sent any more.
    answer = await raceAbort(sending, signal, () => signal.reason);
  } catch (fault) {
    return nameFault(fault, call.signal);
  }
  const headers = firstValues(answer.headers);
  try {
    return {
      arrival: 'answer',
      status: answer.statusCode,
      headers,
      text: await readText(answer.body, wire.longestBytes),
    };
  } catch (fault) {
    // A status that speaks for itself stands without its body; a 2xx or a 400 says only there what was meant.
    if (answer.statusCode === 429 || answer.statusCode === 401 || answer.statusCode === 403) {
      return { arrival: 'answer', status: answer.statusCode, headers, text: '' };
    }
    return { arrival: 'no answer', code: nameFault(fault, call.signal).code };
  }
}

/** Whoever cuts a call short gives a reason of their own; here it is always `ABORT_ERR`, and the call may have been done. */
function nameFault(fault: unknown, signal: AbortSignal | undefined): Extract<Arrival, { code: string }> {
  return signal?.aborted ? { arrival: 'no answer', code: 'ABORT_ERR' } : judgeFault(fault);
}

async function readText(body: AsyncIterable<Uint8Array>, longestBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.byteLength;
    if (bytes > longestBytes) throw Object.assign(new Error('The answer is too large.'), { code: 'ANSWER_TOO_LARGE' });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function firstValues(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined) found[name.toLowerCase()] = first;
  }
  return found;
}
