import { TokenError } from './errors.ts';

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

/** A source that gets tokens for a scope by a credential and keeps each until 5 minutes before its end; many callers at once cause one request. */
export function acquireTokens(options: {
  readonly scope: string;
  readonly openCredential: () => Promise<Credential>;
  readonly now?: () => number;
}): TokenSource {
  const { scope, openCredential, now = Date.now } = options;
  let credential: Promise<Credential> | null = null;
  let kept: IssuedToken | null = null;
  let pending: Promise<string> | null = null;
  let renewals = 0;

  async function acquire(): Promise<string> {
    try {
      credential ??= openCredential();
      const issued = await (await credential).getToken(scope);
      if (issued === null || issued.token === '') throw new TokenError('TokenUnavailable', explain('it gave none'));
      kept = issued;
      return issued.token;
    } catch (fault) {
      credential = null;
      throw describeFault(fault);
    } finally {
      pending = null;
    }
  }

  /** Everyone waits for the same request; who is cut short leaves the others waiting. */
  function share(signal: AbortSignal | undefined): Promise<string> {
    pending ??= acquire();
    return signal === undefined ? pending : raceAbort(pending, signal);
  }

  return {
    getToken: async (signal) =>
      kept !== null && kept.expiresOnTimestamp - BEFORE_EXPIRY_MS > now() ? kept.token : share(signal),
    renewToken: async (rejected, signal) => {
      if (kept !== null && kept.token !== rejected) return kept.token;
      renewals += 1;
      // A credential keeps tokens of its own: only a new one asks again.
      if (pending === null) credential = null;
      const token = await share(signal);
      return token === rejected ? null : token;
    },
    countRenewals: () => renewals,
  };
}

/** Opens the credential of the app (AZURE_CLIENT_ID names a user-assigned identity); @azure/identity is loaded only now, as it is large. */
export async function openCredential(): Promise<Credential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential();
}

/** A token, or a TokenError whatever went wrong: a foreign fault may quote the token. */
export async function askForToken<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (fault) {
    throw describeFault(fault);
  }
}

function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new TokenError('TokenUnavailable', explain('the call was cancelled meanwhile')));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

/** Of a foreign fault only Entra's error number is kept: its text may quote the whole request. */
function describeFault(fault: unknown): TokenError {
  if (fault instanceof TokenError) return fault;
  const text = fault instanceof Error ? fault.message : '';
  const number = /AADSTS\d{4,8}/.exec(text)?.[0];
  const isRefusal = number !== undefined && fault instanceof Error && fault.name === 'AuthenticationError';
  return isRefusal
    ? new TokenError('TokenRefused', explain(`Entra refused it (${number})`))
    : new TokenError(
        'TokenUnavailable',
        explain(number === undefined ? 'the identity did not answer with one' : `Entra answered ${number}`),
      );
}

function explain(why: string): string {
  return `No access token for Defender could be had: ${why}. Check that the app has a managed identity (locally: that you are signed in, or set DEFENDER_ACCESS_TOKEN) and that DEFENDER_SCOPE is right.`;
}
