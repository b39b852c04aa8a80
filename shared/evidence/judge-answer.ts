import type { CopyErrorCode } from './copy-error.ts';

/** What of a result is held already: nothing yet, or its first `offset` bytes. */
export interface Held {
  readonly offset: number;
  readonly totalBytes: number | null;
  /** A strong ETag, null when the source gave none. */
  readonly etag: string | null;
}

/** Status and headers (lower-case names) of an answer to a result link. */
export interface AnswerHead {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** What is to be done after an answer that gave no bytes. */
export type Setback =
  | { readonly verdict: 'ask again'; readonly code: CopyErrorCode; readonly what: string; readonly afterMs: number }
  | { readonly verdict: 'start again'; readonly why: string }
  | { readonly verdict: 'refused'; readonly reason: string }
  | {
      readonly verdict: 'give up';
      readonly code: CopyErrorCode;
      readonly what: string;
      readonly retryAfterMs: number | null;
    };

/** Whether an answer's bytes are those that are wanted; `totalBytes` is null for a chunked answer, whose end gives its length. */
export type AnswerVerdict =
  | { readonly verdict: 'take'; readonly totalBytes: number | null; readonly etag: string | null }
  | Setback;

/** The longest time that a copy waits for its source with its blocks in hand. */
const MAX_WAIT_MS = 30_000;

/** Judges an answer by its status and headers alone (RFC 9110; Azure Storage: Get Blob). */
export function judgeAnswer(answer: AnswerHead, held: Held, maxBytes: number, nowMs: number): AnswerVerdict {
  const { status } = answer;
  if (status === 200)
    return held.offset === 0
      ? judgeWhole(answer, maxBytes)
      : startAgain('a range was asked for and the whole was sent');
  if (status === 206) return judgeRange(answer, held, maxBytes);
  if (status === 412 || status === 416) return startAgain('it is not what it was when the copy began');
  if (status >= 300 && status < 400) {
    return {
      verdict: 'refused',
      reason: `The result link answers with a redirect (${status}), which is not followed.`,
    };
  }
  if (status === 401 || status === 403) {
    const what = `The result link is expired or not accepted (${status}).`;
    return { verdict: 'ask again', code: 'link-expired', what, afterMs: 0 };
  }
  if (status === 408 || status === 429 || status >= 500) return judgeBusy(answer, nowMs);
  const what = `The source of the result answered with status ${status}.`;
  return { verdict: 'give up', code: 'source-answer', what, retryAfterMs: null };
}

function judgeWhole(answer: AnswerHead, maxBytes: number): AnswerVerdict {
  const length = readHeader(answer, 'content-length');
  const totalBytes = readCount(length);
  const endsByItself = length === null && readHeader(answer, 'transfer-encoding')?.toLowerCase() === 'chunked';
  if (totalBytes === null && !endsByItself) return startAgain('its length was not announced');
  if (totalBytes !== null && totalBytes > maxBytes) return tooLarge(maxBytes);
  return { verdict: 'take', totalBytes, etag: readStrongEtag(answer) };
}

function judgeRange(answer: AnswerHead, held: Held, maxBytes: number): AnswerVerdict {
  const [, from, to, total] =
    /^bytes (\d{1,15})-(\d{1,15})\/(\d{1,15})$/.exec(readHeader(answer, 'content-range') ?? '') ?? [];
  if (from === undefined || to === undefined || total === undefined) return startAgain('its range cannot be read');
  const [first, last, totalBytes] = [Number(from), Number(to), Number(total)];
  if (first !== held.offset || last < first || last >= totalBytes)
    return startAgain('another range was sent than was asked for');
  const length = readHeader(answer, 'content-length');
  if (length !== null && readCount(length) !== last - first + 1)
    return startAgain('its range and its length do not agree');
  if (totalBytes > maxBytes) return tooLarge(maxBytes);
  const etag = readStrongEtag(answer);
  if (held.offset === 0) return { verdict: 'take', totalBytes, etag };
  if (held.totalBytes !== null && totalBytes !== held.totalBytes) return startAgain('its length changed');
  if (etag !== held.etag) return startAgain('its ETag changed');
  return { verdict: 'take', totalBytes, etag };
}

function judgeBusy(answer: AnswerHead, nowMs: number): Setback {
  const what = `The source of the result is busy (${answer.status}).`;
  const retryAfterMs = readRetryAfterMs(readHeader(answer, 'retry-after'), nowMs);
  if (retryAfterMs !== null && retryAfterMs > MAX_WAIT_MS) {
    return { verdict: 'give up', code: 'source-busy', what, retryAfterMs };
  }
  return { verdict: 'ask again', code: 'source-busy', what, afterMs: retryAfterMs ?? 0 };
}

/** The refusal of a result over the limit. */
export function tooLarge(maxBytes: number): Setback {
  return { verdict: 'refused', reason: `The result is larger than ${maxBytes} bytes, the most that is copied.` };
}

/** The answer that this copy cannot go on with what it holds; `why` says what is wrong with it. */
export function startAgain(why: string): Setback {
  return { verdict: 'start again', why };
}

function readHeader(answer: AnswerHead, name: string): string | null {
  const value = answer.headers[name];
  return value === undefined ? null : String(value);
}

function readCount(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** If-Match compares strongly (RFC 9110, 13.1.1): a weak ETag is as good as none. */
function readStrongEtag(answer: AnswerHead): string | null {
  const etag = readHeader(answer, 'etag');
  return etag === null || etag.startsWith('W/') ? null : etag;
}

function readRetryAfterMs(value: string | null, nowMs: number): number | null {
  const seconds = readCount(value);
  if (seconds !== null) return seconds * 1000;
  const at = Date.parse(value ?? '');
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs);
}
