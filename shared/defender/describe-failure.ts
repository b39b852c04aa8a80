import * as z from 'zod';
import { cleanMessage, SHORTEST_SECRET } from './clean-message.ts';
import { DefenderError, type Effect, type TokenError } from './errors.ts';
import { parseJson } from './parse-json.ts';
import { type EndpointName, explainPermission } from './permissions.ts';

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

function doubt(effect: Effect): string {
  return effect === 'unknown' ? ' It may have been done all the same; look before it is sent again.' : '';
}

function adviseOn(endpoint: EndpointName, status: number, code: string): string {
  if (code === 'DisabledFeature') {
    return 'Turn on Live Response (and Live Response for Servers) in the Defender portal under Settings, Endpoints, Advanced features.';
  }
  if (code === 'OsPlatformNotSupported' || code === 'ClientVersionNotSupported') {
    return "Live response does not work on this machine's system or agent version; update the agent, or leave the machine out by a profile.";
  }
  if (status === 401) {
    return 'The access token was not accepted: check that DEFENDER_SCOPE belongs to this cloud and that DEFENDER_ACCESS_TOKEN, if set, has not expired.';
  }
  if (status === 403) return explainPermission(endpoint);
  if (status === 407) return 'A proxy on the way wants credentials: let the app reach DEFENDER_API_URL directly.';
  if (status === 429)
    return "The tenant's quota for this API is used up; it is tried again later. Other apps of the tenant may share it.";
  if (status >= 300 && status < 400)
    return 'Redirects are not followed, so that the access token stays with Defender: set DEFENDER_API_URL to the final address.';
  if (status >= 500)
    return 'It is a fault at Defender and mostly passes; if it lasts, give Microsoft the target of this error.';
  return '';
}

const ErrorBody = z.object({
  error: z.object({
    code: z.string().nullish().catch(null),
    message: z.string().nullish().catch(null),
    target: z.string().nullish().catch(null),
  }),
});

function readErrorBody(
  body: string,
  secrets: readonly string[],
): { code: string | null; target: string | null; message: string } {
  const json = parseJson(body);
  const read = ErrorBody.safeParse(json.parsed === 'value' ? json.value : null);
  const { code, message, target } = read.success ? read.data.error : {};
  const isOpen = (text: string): boolean =>
    !secrets.some((secret) => secret.length >= SHORTEST_SECRET && text.includes(secret));
  // Behind some gateways the body is no longer JSON, and the code can only be seen in it.
  const seen = read.success ? null : (/\bActiveRequestAlreadyExists\b/.exec(body)?.[0] ?? null);
  return {
    code: code && /^[A-Za-z0-9]{1,64}$/.test(code) && isOpen(code) ? code : seen,
    target: target && /^[A-Za-z0-9_-]{1,64}$/.test(target) && isOpen(target) ? target : null,
    message: cleanMessage(message ?? '', secrets),
  };
}
