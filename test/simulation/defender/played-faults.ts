import { DefenderError } from '../../../shared/defender/errors.ts';
import type { EndpointName } from '../../../shared/defender/permissions.ts';
import { PLANTED_SECRET } from './played-content.ts';

/** The error that the client throws for an answer of that status, with the wait that it names. */
export function refuseCall(
  endpoint: EndpointName,
  status: 429 | 502 | 503,
  retryAfterMs: number | null,
): DefenderError {
  return new DefenderError({
    endpoint,
    status,
    code: `Http${status}`,
    target: null,
    message: `Defender answered with ${status}.`,
    retryAfterMs,
    effect: 'none',
  });
}

/** The error of a call whose answer was lost, or that was never sent. */
export function loseCall(code: 'NoAnswer' | 'Unreachable'): DefenderError {
  return new DefenderError({
    endpoint: 'list machine actions',
    status: null,
    code,
    target: null,
    message: code === 'NoAnswer' ? 'Defender did not answer.' : 'Defender could not be reached.',
    retryAfterMs: null,
    effect: 'none',
  });
}

/** A fault that nobody foresaw, whose message quotes what must not be quoted. */
export function foreignFault(): Error {
  return new TypeError(`fetch of https://results.blob.core.windows.net/x?sig=${PLANTED_SECRET} failed`);
}
