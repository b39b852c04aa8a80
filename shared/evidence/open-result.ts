import type { Readable } from 'node:stream';
import { request, type Dispatcher } from 'undici';
import { codeOf } from './copy-error.ts';
import { type Held, judgeAnswer, type Setback, startAgain } from './judge-answer.ts';
import { LinkAddressRefused } from './link-dispatcher.ts';

/** How a result is asked for. */
export interface OpenOptions {
  readonly dispatcher: Dispatcher;
  readonly maxBytes: number;
  /** How long nothing may come while bytes are waited for. */
  readonly idleTimeoutMs: number;
  readonly signal: AbortSignal | null;
  readonly now: () => Date;
}

/** The body of a result from `held.offset` on, or why there is none; the body is destroyed by who takes it. */
export type OpenedResult =
  | {
      readonly verdict: 'take';
      readonly body: Readable;
      readonly totalBytes: number | null;
      readonly etag: string | null;
    }
  | Setback;

/** Asks a checked link for what is not held yet, by Range from the first byte on, later with If-Match. Sends no credential but the link. */
export async function openResult(url: URL, held: Held, options: OpenOptions): Promise<OpenedResult> {
  const range = writeRange(held);
  if (range === null) return startAgain('it has no ETag by which its rest could be asked for');
  try {
    let answer = await ask(url, range, options);
    if (answer.statusCode === 416 && held.offset === 0) {
      // An empty result has no first byte (RFC 9110, 15.5.17).
      discard(answer.body);
      answer = await ask(url, {}, options);
    }
    const head = { status: answer.statusCode, headers: answer.headers };
    const verdict = judgeAnswer(head, held, options.maxBytes, options.now().getTime());
    if (verdict.verdict === 'take') return { ...verdict, body: answer.body };
    discard(answer.body);
    return verdict;
  } catch (error) {
    return judgeFault(error);
  }
}

/** What a fault of the connection means; its own message is dropped, as it may hold an address. */
export function judgeFault(error: unknown): Setback {
  if (error instanceof LinkAddressRefused) return { verdict: 'refused', reason: error.message };
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT') {
    return {
      verdict: 'ask again',
      code: 'source-stalled',
      what: 'The source of the result sent nothing for too long.',
      afterMs: 0,
    };
  }
  return {
    verdict: 'ask again',
    code: 'connection-cut',
    what: `The connection to the result failed (${code}).`,
    afterMs: 0,
  };
}

/** Gives up a body that may not have been read to its end. */
export function discard(body: Readable): void {
  body.on('error', () => body.destroy());
  body.destroy();
}

/** Null when the rest cannot be asked for without risk of getting another result's. A Content-Length alone may be too small unseen; the answer to a range tells the whole length beside it. */
function writeRange(held: Held): Record<string, string> | null {
  const range = `bytes=${held.offset}-`;
  if (held.offset === 0) return { range };
  return held.etag === null ? null : { range, 'if-match': held.etag };
}

function ask(url: URL, range: Record<string, string>, options: OpenOptions) {
  return request(url, {
    dispatcher: options.dispatcher,
    headers: { 'accept-encoding': 'identity', ...range },
    headersTimeout: options.idleTimeoutMs,
    bodyTimeout: options.idleTimeoutMs,
    signal: options.signal,
  });
}
