import { adviseOn } from './advise.ts';
import { DefenderError, type Effect, type TokenError } from './errors.ts';
import type { EndpointName } from './permissions.ts';
import { QUOTA_OF } from './quotas.ts';
import { readErrorBody } from './read-error-body.ts';

interface Circumstances {
  readonly endpoint: EndpointName;
  readonly retryAfterMs: number | null;
  readonly effect: Effect;
}

/** After how long a token is asked for again; the identity service has been asked several times by then. */
const TOKEN_AGAIN_MS = 30_000;

/** The error of an answer that is not a success: Defender's code, target and cleaned message, and what to do about it. */
export function describeAnswer(
  what: Circumstances,
  status: number,
  body: string,
  secrets: readonly string[],
): DefenderError {
  const { code, target, message } = readErrorBody(body, secrets);
  const name = code ?? `Http${status}`;
  const quoted = message === '' ? '' : ` Defender says: ${message}${/[.!?…]$/.test(message) ? '' : '.'}`;
  const advice = adviseOn(what.endpoint, status, name);
  return new DefenderError({
    ...what,
    status,
    code: name,
    target,
    message:
      `Defender answered '${what.endpoint}' with ${status}${code === null ? '' : ` ${code}`}.${quoted} ${advice}`.trim(),
  });
}

/** The error of a call that had no answer, or was never sent; `fault` is the network's code. */
export function describeSilence(what: Circumstances, sending: 'not sent' | 'no answer', fault: string): DefenderError {
  const { code, message } = wordSilence(what, sending, fault);
  return new DefenderError({ ...what, status: null, code, target: null, message });
}

function wordSilence(
  { endpoint, effect }: Circumstances,
  sending: 'not sent' | 'no answer',
  fault: string,
): { code: string; message: string } {
  if (fault === 'ABORT_ERR') {
    const when = sending === 'not sent' ? 'before it was sent' : 'while its answer was awaited';
    return { code: 'Aborted', message: `'${endpoint}' was cancelled by this app ${when}.${doubt(effect)}` };
  }
  if (sending === 'not sent') {
    const advice = 'Check DEFENDER_API_URL, name resolution, the firewall, and that no proxy replaces the certificate.';
    return {
      code: 'Unreachable',
      message: `Defender could not be reached for '${endpoint}' (${fault}); nothing was sent. ${advice}`,
    };
  }
  const what =
    fault === 'ANSWER_TOO_LARGE'
      ? `sent more than is read as an answer to '${endpoint}'`
      : `did not answer '${endpoint}' in full`;
  const advice =
    'It is a fault of the network or of Defender and mostly passes; if it lasts, check what lies between the app and DEFENDER_API_URL.';
  return { code: 'NoAnswer', message: `Defender ${what} (${fault}).${doubt(effect)} ${advice}` };
}

/** The error of an answer that is no JSON, is empty, or lacks what is used; `why` ends the sentence "… could not be read: it". */
export function describeUnreadable(what: Circumstances, status: number, why: string): DefenderError {
  const message =
    `Defender's answer to '${what.endpoint}' (${status}) could not be read: it ${why}.${doubt(what.effect)} ` +
    'Check that DEFENDER_API_URL names the Defender API and that no proxy or sign-in page answers in its place.';
  return new DefenderError({ ...what, status, code: 'UnreadableAnswer', target: null, message });
}

/** The error of a call for which no access token could be had; nothing was sent. */
export function describeToken(endpoint: EndpointName, fault: TokenError): DefenderError {
  const message = `'${endpoint}' was not sent. ${fault.message}`;
  const retryAfterMs = fault.code === 'TokenUnavailable' ? TOKEN_AGAIN_MS : null;
  return new DefenderError({
    endpoint,
    status: null,
    code: fault.code,
    target: null,
    message,
    retryAfterMs,
    effect: 'none',
  });
}

/** The error of a call that the gate held back before anything of it was sent; `afterMs` is when the gate may be asked again. */
export function describeQuota(endpoint: EndpointName, afterMs: number): DefenderError {
  const settings =
    QUOTA_OF[endpoint] === 'live response'
      ? 'LIVE_RESPONSE_CALLS_PER_MINUTE'
      : 'API_CALLS_PER_MINUTE and API_CALLS_PER_HOUR';
  const message =
    `'${endpoint}' was not sent: the calls that all instances of this app may make of it (${settings}) are used up, or ` +
    `Defender has turned such calls away. It may be sent in ${Math.ceil(afterMs / 1_000)} s and is tried again then; if ` +
    `this lasts, look which other apps of the tenant call Defender, or raise ${settings} up to Defender's own limits.`;
  return new DefenderError({
    endpoint,
    status: null,
    code: 'QuotaUsedUp',
    target: null,
    message,
    retryAfterMs: afterMs,
    effect: 'none',
  });
}

/** The failure that a call had, when the gate holds its repetition back: to be tried again `afterMs` from now at the earliest. */
export function putOff(failure: DefenderError, afterMs: number): DefenderError {
  const { endpoint, status, code, target, message, effect } = failure;
  const retryAfterMs = Math.max(failure.retryAfterMs ?? 0, afterMs);
  const repeated = `${message} It was not sent a second time, as the calls that this app may make of it are used up for now.`;
  return new DefenderError({ endpoint, status, code, target, message: repeated, retryAfterMs, effect });
}

function doubt(effect: Effect): string {
  return effect === 'unknown' ? ' It may have been done all the same; look before it is sent again.' : '';
}
