import type { EndpointName } from './permissions.ts';

/** What a failed call may have done at Defender: nothing for certain, or unknown. */
export type Effect = 'none' | 'unknown';

/** What a DefenderError is made of; `message` is fit to be shown and logged. */
export interface Failure {
  readonly endpoint: EndpointName;
  /** HTTP status, null when no answer came or nothing was sent. */
  readonly status: number | null;
  /** Defender's own code such as `ResourceNotFound`, else one of ours: `Unreachable`, `NoAnswer`, `UnreadableAnswer`, `Aborted`, `QuotaUsedUp`, `Http502`, or why nothing was sent. */
  readonly code: string;
  /** Defender's correlation id, for a support case. */
  readonly target: string | null;
  readonly message: string;
  /** How long to wait before the same call may be tried again; null when repeating does not help. */
  readonly retryAfterMs: number | null;
  readonly effect: Effect;
}

/** A call to Defender that did not succeed; it holds no token, no query and nothing of a body but Defender's code, target and cleaned message. */
export class DefenderError extends Error {
  readonly endpoint: EndpointName;
  readonly status: number | null;
  readonly code: string;
  readonly target: string | null;
  readonly retryAfterMs: number | null;
  readonly effect: Effect;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'DefenderError';
    this.endpoint = failure.endpoint;
    this.status = failure.status;
    this.code = failure.code;
    this.target = failure.target;
    this.retryAfterMs = failure.retryAfterMs;
    this.effect = failure.effect;
  }
}

/** No access token could be had: `refused` waits for a person, `unavailable` may pass by itself. */
export class TokenError extends Error {
  readonly code: 'TokenRefused' | 'TokenUnavailable';

  constructor(code: TokenError['code'], message: string) {
    super(message);
    this.name = 'TokenError';
    this.code = code;
  }
}

/** The error for an argument that is wrong before anything is sent; `message` says which and what to give instead. */
export function refuseArgument(
  endpoint: EndpointName,
  code: 'InvalidId' | 'InvalidArgument',
  message: string,
): DefenderError {
  return new DefenderError({ endpoint, status: null, code, target: null, message, retryAfterMs: null, effect: 'none' });
}
