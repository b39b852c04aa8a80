import type { DefenderError } from './errors.ts';

/**
 * What a failed call came to that must not be sent twice: `unreachable` was never sent, `unknown` may have been done,
 * `refused` stays refused, `not allowed` waits for a person, `throttled` for the quota.
 */
export type OnceFailure =
  | { readonly outcome: 'throttled'; readonly afterMs: number; readonly reason: string }
  | { readonly outcome: 'refused' | 'not allowed' | 'unreachable' | 'unknown'; readonly reason: string };

/** Judges the failure of a call that changes something, so that its caller knows whether it may be sent again. */
export function judgeOnce(error: DefenderError): OnceFailure {
  const { status, code, effect, retryAfterMs, message: reason } = error;
  if (effect === 'unknown') return { outcome: 'unknown', reason };
  const isTurnedAway = status !== null || code === 'QuotaUsedUp';
  if (isTurnedAway && retryAfterMs !== null) return { outcome: 'throttled', afterMs: retryAfterMs, reason };
  if (status === null) return { outcome: judgeUnsent(code), reason };
  const isNotAllowed = status === 401 || status === 403 || status === 407;
  return { outcome: isNotAllowed ? 'not allowed' : 'refused', reason };
}

function judgeUnsent(code: string): 'refused' | 'not allowed' | 'unreachable' {
  if (code === 'InvalidId' || code === 'InvalidArgument') return 'refused';
  return code === 'TokenRefused' ? 'not allowed' : 'unreachable';
}
