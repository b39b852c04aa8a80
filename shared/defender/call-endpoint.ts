import type { FormData } from 'undici';
import type { Gate } from './admission.ts';
import { urlBelow } from './base-url.ts';
import { describeQuota, describeSilence, describeToken, putOff } from './describe-failure.ts';
import { type DefenderError, TokenError } from './errors.ts';
import { judgeArrival } from './judge-arrival.ts';
import type { EndpointName } from './permissions.ts';
import { raceAbort } from './race-abort.ts';
import type { Reply } from './reply.ts';
import type { Method } from './retry-delay.ts';
import type { CallOptions } from './send.ts';
import { openTries, type SendParts } from './send-with-token.ts';

/** One call of an endpoint. */
export interface EndpointCall {
  readonly endpoint: EndpointName;
  readonly method: Method;
  readonly url: URL;
  readonly body?: string | FormData;
  /** What a success brings: JSON, or nothing that is used. */
  readonly brings: 'JSON' | 'nothing';
}

/** What telemetry learns of a call: no address, no id, no text; `status` is null when no answer came, `tries` counts requests sent. */
export interface CallRecord {
  readonly endpoint: EndpointName;
  readonly method: Method;
  readonly status: number | null;
  readonly durationMs: number;
  readonly tries: number;
}

/** What calls are made with; `now` is epoch ms, `random` gives [0, 1). */
export interface CallParts extends SendParts {
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

/** Binds calls to their base URL, token source, gate and wire. */
export function openApi(parts: CallParts): Api {
  return {
    url: (path) => urlBelow(parts.baseUrl, path),
    call: async (call, options) => {
      const startedAt = parts.now();
      const sent: string[] = [];
      const report = (status: number | null): void => {
        const { endpoint, method } = call;
        tell(parts, { endpoint, method, status, durationMs: parts.now() - startedAt, tries: sent.length });
      };
      try {
        const reply = await converse(parts, call, sent, options?.signal);
        report(reply.reply === 'success' ? reply.status : reply.error.status);
        return reply;
      } catch (fault) {
        report(null);
        throw fault;
      }
    },
  };
}

/** Sends until an end is reached: a GET up to 3 times while the waits are short, everything else once but for a renewed token. */
async function converse(
  parts: CallParts,
  call: EndpointCall,
  sent: string[],
  signal: AbortSignal | undefined,
): Promise<Reply> {
  const { endpoint, method, brings } = call;
  const { now, random } = parts;
  const tryOnce = openTries(parts, call, sent, signal);
  let failure: DefenderError | null = null;
  try {
    for (let attempt = 1; ; attempt += 1) {
      const { arrival, heldForMs } = await tryOnce();
      let againAfterMs: number | null = null;
      if (arrival !== null) {
        const attempted = { endpoint, method, brings, attempt, now: now(), random, secrets: sent };
        const judged = judgeArrival(attempted, arrival);
        if (judged.reply.reply === 'success') return judged.reply;
        failure = judged.reply.error;
        againAfterMs = judged.againAfterMs;
        if (failure.status === 429) await tellOfThrottle(parts.gate, endpoint, againAfterMs ?? 0, signal);
      }
      if (heldForMs !== null) {
        return {
          reply: 'failure',
          error: failure === null ? describeQuota(endpoint, heldForMs) : putOff(failure, heldForMs),
        };
      }
      const isLast = method !== 'GET' || attempt >= MOST_TRIES || signal?.aborted === true;
      if (failure !== null && (againAfterMs === null || againAfterMs > LONGEST_WAIT_MS || isLast)) {
        return { reply: 'failure', error: failure };
      }
      await parts.wait(againAfterMs ?? 0, signal);
    }
  } catch (fault) {
    return judgeThrown(endpoint, fault, signal);
  }
}

/** The answer stands whatever becomes of telling: the next call is turned away again, and tells again. */
async function tellOfThrottle(
  gate: Gate,
  endpoint: EndpointName,
  afterMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await raceAbort(gate.onThrottled(endpoint, afterMs), signal);
  } catch {
    // What the gate met is no answer of Defender.
  }
}

/** An answer is never lost because its telemetry was. */
function tell(parts: CallParts, record: CallRecord): void {
  try {
    parts.onCall(record);
  } catch {
    // There is nobody else to tell.
  }
}

/** Tokens, gate and waits throw, and only while nothing of the call is on its way or has been done; what is not ours to explain is passed on. */
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
