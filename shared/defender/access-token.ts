import { TokenError } from './errors.ts';
import { raceAbort } from './race-abort.ts';

/** Where access tokens come from. */
export interface TokenSource {
  /** The token to use now; throws TokenError when there is none. */
  readonly getToken: (signal?: AbortSignal) => Promise<string>;
  /** Asked once after a 401: another token than the rejected one, or null when there is no other. */
  readonly renewToken: (rejected: string, signal?: AbortSignal) => Promise<string | null>;
  /** How many tokens were rejected and asked for anew so far. */
  readonly countRenewals: () => number;
}

/** A token with the time it ends, as @azure/identity gives it. */
export interface IssuedToken {
  readonly token: string;
  readonly expiresOnTimestamp: number;
}

/** What asks Entra for a token; a credential of @azure/identity is one. */
export interface Credential {
  getToken(scope: string, options?: { abortSignal?: AbortSignal }): Promise<IssuedToken | null>;
}

const BEFORE_EXPIRY_MS = 5 * 60_000;
const LONGEST_MS = 60_000;

/** A source of the one token that was got elsewhere (DEFENDER_ACCESS_TOKEN); it knows no other. */
export function holdToken(accessToken: string): TokenSource {
  const token = accessToken.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new TokenError(
      'TokenRefused',
      'DEFENDER_ACCESS_TOKEN is no access token: it is empty or holds spaces or other characters that a token never has. Set it again, or remove it to use the identity of the app.',
    );
  }
  let renewals = 0;
  return {
    getToken: async () => token,
    renewToken: async () => {
      renewals += 1;
      return null;
    },
    countRenewals: () => renewals,
  };
}

/**
 * A source that gets tokens for a scope by a credential and keeps each until 5 minutes before its end; many callers at
 * once cause one request, which takes `longestMs` at most. `advice` is the sentence that says what to check.
 */
export function acquireTokens(options: {
  readonly scope: string;
  readonly advice: string;
  readonly openCredential: () => Promise<Credential>;
  readonly now?: () => number;
  readonly longestMs?: number;
}): TokenSource {
  const { scope, advice, openCredential, now = Date.now, longestMs = LONGEST_MS } = options;
  let credential: Promise<Credential> | null = null;
  let kept: IssuedToken | null = null;
  let pending: Promise<string> | null = null;
  let renewals = 0;

  const fail = (code: TokenError['code'], why: string): TokenError =>
    new TokenError(code, `No access token for Defender could be had: ${why}. ${advice}`);

  async function ask(abortSignal: AbortSignal): Promise<IssuedToken | null> {
    credential ??= openCredential();
    return (await credential).getToken(scope, { abortSignal });
  }

  async function acquire(): Promise<string> {
    const limit = AbortSignal.timeout(longestMs);
    try {
      const late = () => fail('TokenUnavailable', `the identity did not answer within ${longestMs / 1_000} s`);
      const issued = await raceAbort(ask(limit), limit, late);
      if (issued === null || issued.token === '') throw fail('TokenUnavailable', 'it gave none');
      kept = issued;
      return issued.token;
    } catch (fault) {
      credential = null;
      throw describeFault(fault, fail);
    } finally {
      pending = null;
    }
  }

  /** Everyone waits for the same request; who is cut short leaves the others waiting. */
  function share(signal: AbortSignal | undefined): Promise<string> {
    pending ??= acquire();
    return raceAbort(pending, signal, () => fail('TokenUnavailable', 'the call was cancelled meanwhile'));
  }

  return {
    getToken: async (signal) =>
      kept !== null && kept.expiresOnTimestamp - BEFORE_EXPIRY_MS > now() ? kept.token : share(signal),
    renewToken: async (rejected, signal) => {
      if (kept !== null && kept.token !== rejected) return kept.token;
      renewals += 1;
      // A credential keeps tokens of its own, and only a new one asks again. A managed identity's may be kept beyond it,
      // by the process and by the platform: then the rejected one comes back, which ends the call.
      if (pending === null) credential = null;
      const token = await share(signal);
      return token === rejected ? null : token;
    },
    countRenewals: () => renewals,
  };
}

/** A token, or a TokenError whatever went wrong: a foreign fault may quote the token. */
export async function askForToken<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (fault) {
    throw describeFault(
      fault,
      (code, why) => new TokenError(code, `No access token for Defender could be had: ${why}.`),
    );
  }
}

/** What Entra says of a fault of its own; every other number stays until a person has changed something (Entra: authentication error codes). */
const PASSING: readonly string[] = ['AADSTS90006', 'AADSTS90012', 'AADSTS90024', 'AADSTS90033', 'AADSTS90055'];

/** Of a foreign fault only Entra's error number is kept: its text may quote the whole request. */
function describeFault(fault: unknown, fail: (code: TokenError['code'], why: string) => TokenError): TokenError {
  if (fault instanceof TokenError) return fault;
  const number = /AADSTS\d{4,8}/.exec(fault instanceof Error ? fault.message : '')?.[0];
  if (number === undefined) return fail('TokenUnavailable', 'the identity did not answer with one');
  return PASSING.includes(number)
    ? fail('TokenUnavailable', `Entra answered ${number}`)
    : fail('TokenRefused', `Entra refused it (${number})`);
}
