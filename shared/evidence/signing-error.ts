/** Why a package could not be signed: `signing-refused` and those after it wait for a person, the first two may pass by themselves. */
export type SigningErrorCode =
  | 'signing-unavailable'
  | 'signing-throttled'
  | 'signing-refused'
  | 'signing-key-missing'
  | 'signing-key-unfit'
  | 'signing-key-unset'
  | 'signature-wrong';

/** Thrown when a key cannot be used; the message says what to do, and holds nothing of an answer, a token or a key. */
export class SigningError extends Error {
  override readonly name = 'SigningError';
  readonly code: SigningErrorCode;
  /** How long the key's keeper asked to be left alone, null when it did not. */
  readonly retryAfterMs: number | null;
  constructor(code: SigningErrorCode, message: string, retryAfterMs: number | null = null) {
    // No cause: errors of clients may hold the address they talked to, and what they sent.
    super(message);
    this.code = code;
    this.retryAfterMs = retryAfterMs;
  }
}
