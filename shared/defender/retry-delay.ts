/** The methods of HTTP that the API is called with; all but GET change something. */
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

/** What a call came to: an HTTP status, or that its answer was lost, could not be read, or that it was never sent. */
export type CallResult = number | 'network' | 'unreadable' | 'not sent';

/** One try of a call, as far as it matters for another; `attempt` counts from 1, `now` is epoch ms, `random` gives [0, 1). */
export interface Attempt {
  readonly method: Method;
  readonly status: CallResult;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly attempt: number;
  readonly now: number;
  readonly random: () => number;
}

/** Whether to try again and after how long; `unknown` means that it may have been done and must be looked for first. */
export type RetryDecision =
  | { readonly decision: 'retry'; readonly afterMs: number }
  | { readonly decision: 'give up' }
  | { readonly decision: 'unknown' };

/** Statuses that a repetition never changes; redirects are among them, as none is followed. */
const NEVER_RETRIED: readonly number[] = [
  300, 301, 302, 303, 304, 305, 306, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 411, 412, 413, 414,
  415, 416, 417, 418, 421, 422, 423, 424, 426, 428, 431, 451, 501, 505,
];

/** Statuses that say that nothing was done and that it may be asked again. */
const TURNED_AWAY: readonly number[] = [425, 429];

const FIRST_BACKOFF_MS = 1_000;
const LONGEST_BACKOFF_MS = 60_000;
/** A quota is counted over a minute, so a 429 that names no wait is not asked again at once. */
const QUOTA_FLOOR_MS = 5_000;
/** Longer than any collection lives; it only keeps a nonsense number from overflowing a date. */
const LONGEST_WAIT_MS = 7 * 24 * 3_600_000;

/** Decides on another try: a wait is Retry-After (seconds or HTTP date), else the one named in a 429's message, else a backoff with full jitter. */
export function decideRetry(attempt: Attempt): RetryDecision {
  const { status, method } = attempt;
  if (status === 'not sent' || TURNED_AWAY.some((known) => known === status))
    return { decision: 'retry', afterMs: waitFor(attempt) };
  if (method === 'GET')
    return isFinal(status) ? { decision: 'give up' } : { decision: 'retry', afterMs: waitFor(attempt) };
  const isRefusal = typeof status === 'number' && status >= 400 && status < 500 && isFinal(status);
  return isRefusal ? { decision: 'give up' } : { decision: 'unknown' };
}

function isFinal(status: CallResult): boolean {
  return NEVER_RETRIED.some((known) => known === status);
}

function waitFor(attempt: Attempt): number {
  const named = readRetryAfter(attempt) ?? readMessage(attempt);
  if (named !== null) return Math.min(Math.ceil(named), LONGEST_WAIT_MS);
  const ceiling = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(attempt.attempt - 1, 20), LONGEST_BACKOFF_MS);
  const jittered = Math.round(attempt.random() * ceiling);
  return attempt.status === 429 ? QUOTA_FLOOR_MS + jittered : jittered;
}

const HTTP_DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** The wait in Retry-After in ms; null where it is absent, not above zero, or neither a number nor an HTTP date. */
function readRetryAfter({ headers, now }: Attempt): number | null {
  const value = headers['retry-after']?.trim() ?? '';
  if (/^\d+(?:\.\d+)?$/.test(value)) return aboveZero(Number(value) * 1_000);
  if (!HTTP_DATE.test(value)) return null;
  // The answer's own Date is the better reference: our clock may be off by minutes.
  const sent = headers['date']?.trim() ?? '';
  return aboveZero(Date.parse(value) - (HTTP_DATE.test(sent) ? Date.parse(sent) : now));
}

const NAMED_WAIT = /again in (\d{1,9}(?:\.\d{1,9})?) ?(second|minute|hour)/i;
const UNIT_MS: Readonly<Record<string, number>> = { second: 1_000, minute: 60_000, hour: 3_600_000 };

/** The wait in a 429's message in ms, such as "You can send requests again in 8 seconds"; null where there is none. */
function readMessage({ status, body }: Attempt): number | null {
  if (status !== 429) return null;
  const [, count, unit] = NAMED_WAIT.exec(body.slice(0, 4_000)) ?? [];
  if (count === undefined || unit === undefined) return null;
  return aboveZero(Number(count) * (UNIT_MS[unit.toLowerCase()] ?? 0));
}

function aboveZero(ms: number): number | null {
  return ms > 0 ? ms : null;
}
