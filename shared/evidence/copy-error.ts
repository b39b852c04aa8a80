/** Why a copy could not be made this time; each may go away by itself. */
export type CopyErrorCode =
  | 'link-expired'
  | 'connection-cut'
  | 'source-stalled'
  | 'source-busy'
  | 'source-answer'
  | 'source-inconsistent'
  | 'storage'
  | 'stopped';

const ADVICE: Readonly<Record<CopyErrorCode, string>> = {
  'link-expired': 'The copy is tried again with a new link; if it goes on, check the clock and the network rules.',
  'connection-cut': 'The copy is tried again; if it goes on, check that the app can reach the hosts of result links.',
  'source-stalled': 'The copy is tried again; if it goes on, check the network between the app and the result.',
  'source-busy': 'The copy is tried again later.',
  'source-answer': 'The copy is tried again; if it goes on, the result may be gone at Defender.',
  'source-inconsistent': 'Nothing was stored, and the copy is tried again.',
  storage: 'The copy is tried again; if it goes on, check the EvidenceStorage settings and the rights on it.',
  stopped: 'Nothing was stored, and the copy is tried again.',
};

/** Thrown when a copy failed for now: no half result was stored, and its message and fields hold no link. */
export class CopyError extends Error {
  override readonly name = 'CopyError';
  readonly code: CopyErrorCode;
  /** How long the source asked to be left alone, null when it did not. */
  readonly retryAfterMs: number | null;
  constructor(code: CopyErrorCode, what: string, retryAfterMs: number | null = null) {
    // No cause: errors of clients may hold the address they talked to.
    super(`${what} ${ADVICE[code]}`);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The code that Node, undici or Azure Storage gave an error, such as `ECONNRESET`; `unknown` when there is none. */
export function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null;
  return typeof code === 'string' && /^\w{1,60}$/.test(code) ? code : 'unknown';
}
