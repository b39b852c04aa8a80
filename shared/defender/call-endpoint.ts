import type { FormData } from 'undici';
import { askForToken, type TokenSource } from './access-token.ts';
import { urlBelow } from './base-url.ts';
import { describeSilence, describeToken } from './describe-failure.ts';
import { TokenError } from './errors.ts';
import { judgeArrival } from './judge-arrival.ts';
import type { EndpointName } from './permissions.ts';
import type { Reply } from './reply.ts';
import { type Arrival, type CallOptions, sendCall, type Wire } from './send.ts';

/** One call of an endpoint. */
export interface EndpointCall {
  readonly endpoint: EndpointName;
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly body?: string | FormData;
  /** What a success brings: JSON, or nothing that is read. */
  readonly brings: 'JSON' | 'nothing';
}

/** What telemetry learns of a call: no address, no id, no text; `status` is null when no answer came, `tries` counts requests sent. */
export interface CallRecord {
  readonly endpoint: EndpointName;
  readonly method: string;
  readonly status: number | null;
  readonly durationMs: number;
  readonly tries: number;
}

/** What calls are made with; `now` is epoch ms, `random` gives [0, 1). */
export interface CallParts {
  readonly baseUrl: URL;
  readonly wire: Wire;
  readonly tokens: TokenSource;
  readonly now: () => number;
  readonly random: () => number;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly onCall: (record: CallRecord) => void;
}

/** The API as the endpoint files see it: addresses below its base, and calls. */
export interface Api {
  readonly url: (path: string) => URL;
  readonly call: (call: EndpointCall, options?: CallOptions) => Promise<Reply>;
}

const MOST_TRIES = 3;
const LONGEST_WAIT_MS = 10_000;

/** Binds calls to their base URL, token source and wire. */
export function openApi(parts: CallParts): Api {
  return {
    url: (path) => urlBelow(parts.baseUrl, path),
    call: async (call, options) => {
      const startedAt = parts.now();
      const { reply, tries } = await converse(parts, call, options?.signal);
      const { endpoint, method } = call;
      const status = reply.reply === 'success' ? reply.status : reply.error.status;
      parts.onCall({ endpoint, method, status, durationMs: parts.now() - startedAt, tries });
      return reply;
    },
  };
}

/** Sends until an end is reached: a GET up to 3 times while the waits are short, everything else once; a 401 is answered once by a new token. */
async function converse(
  parts: CallParts,
  call: EndpointCall,
  signal: AbortSignal | undefined,
): Promise<{ readonly reply: Reply; readonly tries: number }> {
  const { endpoint, method, brings } = call;
  const { now, random, tokens } = parts;
  const secrets: string[] = [];
  let renewals = 0;

  async function send(): Promise<Arrival> {
    const token = await askForToken(() => tokens.getToken(signal));
    const arrival = await sendOnce(parts, call, token, secrets, signal);
    if (arrival.arrival !== 'answer' || arrival.status !== 401 || renewals > 0) return arrival;
    renewals += 1;
    const next = await askForToken(() => tokens.renewToken(token, signal));
    return next === null ? arrival : sendOnce(parts, call, next, secrets, signal);
  }

  for (let attempt = 1; ; attempt += 1) {
    try {
      const arrival = await send();
      const judged = judgeArrival({ endpoint, method, brings, attempt, now: now(), random, secrets }, arrival);
      const { reply, againAfterMs } = judged;
      const isLast = method !== 'GET' || attempt >= MOST_TRIES || signal?.aborted === true;
      if (againAfterMs === null || againAfterMs > LONGEST_WAIT_MS || isLast) return { reply, tries: secrets.length };
      await parts.wait(againAfterMs, signal);
    } catch (fault) {
      return { reply: judgeThrown(endpoint, fault, signal), tries: secrets.length };
    }
  }
}

/** Sends one request; the token goes on the list of secrets, one entry a request. */
function sendOnce(
  parts: CallParts,
  { endpoint, method, url, body }: EndpointCall,
  token: string,
  secrets: string[],
  signal: AbortSignal | undefined,
): Promise<Arrival> {
  // Every address is built from the base URL; this keeps the token there should one ever not be.
  if (url.origin !== parts.baseUrl.origin) throw new Error(`'${endpoint}' was about to leave DEFENDER_API_URL.`);
  secrets.push(token);
  return sendCall(parts.wire, {
    method,
    url,
    token,
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Only tokens and waits throw: at that point nothing of the call is on its way. */
function judgeThrown(endpoint: EndpointName, fault: unknown, signal: AbortSignal | undefined): Reply {
  if (signal?.aborted) {
    return {
      reply: 'failure',
      error: describeSilence({ endpoint, retryAfterMs: null, effect: 'none' }, 'not sent', 'ABORT_ERR'),
    };
  }
  if (fault instanceof TokenError) return { reply: 'failure', error: describeToken(endpoint, fault) };
  throw fault;
}
