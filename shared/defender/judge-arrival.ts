import { describeAnswer, describeSilence, describeUnreadable } from './describe-failure.ts';
import type { DefenderError, Effect } from './errors.ts';
import { parseJson } from './parse-json.ts';
import type { EndpointName } from './permissions.ts';
import type { Reply } from './reply.ts';
import { type CallResult, decideRetry, type Method } from './retry-delay.ts';
import type { Arrival } from './send.ts';

/** One try of a call and all that its judgement depends on; `now` is epoch ms, `random` gives [0, 1), `secrets` appear in no error. */
export interface Try {
  readonly endpoint: EndpointName;
  readonly method: Method;
  /** What a success brings: JSON, or nothing that is used. */
  readonly brings: 'JSON' | 'nothing';
  readonly attempt: number;
  readonly now: number;
  readonly random: () => number;
  readonly secrets: readonly string[];
}

/** What a try came to, and in how many ms another is worth while, null for never. */
export interface Judgement {
  readonly reply: Reply;
  readonly againAfterMs: number | null;
}

/** Judges what came of one try: a readable success, or an error with the advice and the wait that fit it. */
export function judgeArrival(attempt: Try, arrival: Arrival): Judgement {
  const read = readArrival(attempt.brings, arrival);
  if (read.result === 'success') return { reply: read.reply, againAfterMs: null };
  const { headers, text } = arrival.arrival === 'answer' ? arrival : { headers: {}, text: '' };
  const decision = decideRetry({ ...attempt, status: read.result, headers, body: text });
  const againAfterMs = decision.decision === 'retry' ? decision.afterMs : null;
  const effect: Effect = decision.decision === 'unknown' ? 'unknown' : 'none';
  const what = { endpoint: attempt.endpoint, retryAfterMs: againAfterMs, effect };
  const describe = (): DefenderError => {
    if (arrival.arrival !== 'answer') return describeSilence(what, arrival.arrival, arrival.code);
    if (read.result === 'unreadable') return describeUnreadable(what, arrival.status, read.why);
    return describeAnswer(what, arrival.status, text, attempt.secrets);
  };
  return { reply: { reply: 'failure', error: describe() }, againAfterMs };
}

type Read =
  | { readonly result: 'success'; readonly reply: Reply }
  | { readonly result: 'unreadable'; readonly why: string }
  | { readonly result: Exclude<CallResult, 'unreadable'> };

function readArrival(brings: Try['brings'], arrival: Arrival): Read {
  if (arrival.arrival !== 'answer') return { result: arrival.arrival === 'not sent' ? 'not sent' : 'network' };
  const { status, text } = arrival;
  const isSuccess = status >= 200 && status <= 299;
  // A success or a 404 with a web page is no word of Defender on a thing, but a wrong address, a gateway or a sign-in page.
  if ((isSuccess || status === 404) && /^\s*</.test(text)) return { result: 'unreadable', why: 'is a web page' };
  if (!isSuccess) return { result: status };
  const json = parseJson(text);
  if (brings === 'nothing' && json.parsed === 'nothing') {
    return { result: 'success', reply: { reply: 'success', status, text, json: undefined } };
  }
  switch (json.parsed) {
    case 'value':
      return { result: 'success', reply: { reply: 'success', status, text, json: json.value } };
    case 'nothing':
      return { result: 'unreadable', why: 'is empty' };
    case 'not JSON':
      return { result: 'unreadable', why: 'is not JSON' };
    default: {
      const unknown: never = json;
      throw new Error(`Unknown ${String(unknown)}.`);
    }
  }
}
