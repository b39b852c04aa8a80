import { describe, expect, it } from 'vitest';
import { acquireTokens, type Credential, holdToken } from '../../../shared/defender/access-token.ts';

const MINUTE = 60_000;
const ADVICE = 'Look at DEFENDER_CLIENT_ID.';
const SCOPE = 'https://api.securitycenter.microsoft.com/.default';

/** A credential that gives t1, t2, … each for an hour, and counts what it was asked. */
function countingCredential(now: () => number, repeat = 1) {
  const scopes: string[] = [];
  let opened = 0;
  const credential: Credential = {
    getToken: async (scope) => {
      scopes.push(scope);
      return { token: `t${Math.ceil(scopes.length / repeat)}`, expiresOnTimestamp: now() + 60 * MINUTE };
    },
  };
  const openCredential = async (): Promise<Credential> => {
    opened += 1;
    return credential;
  };
  return { scopes, openCredential, opened: () => opened };
}

describe('acquireTokens', () => {
  it('keeps a token until five minutes before its end', async () => {
    let time = 0;
    const now = () => time;
    const { scopes, openCredential } = countingCredential(now);
    const tokens = acquireTokens({ scope: SCOPE, advice: ADVICE, openCredential, now });
    const seen: string[] = [];
    for (const minute of [0, 30, 54, 56, 60]) {
      time = minute * MINUTE;
      seen.push(await tokens.getToken());
    }
    expect(seen).toEqual(['t1', 't1', 't1', 't2', 't2']);
    expect(scopes).toEqual([SCOPE, SCOPE]);
  });

  it('asks once for many callers at once', async () => {
    const { scopes, openCredential } = countingCredential(() => 0);
    const tokens = acquireTokens({ scope: SCOPE, advice: ADVICE, openCredential, now: () => 0 });
    expect(await Promise.all([1, 2, 3, 4].map(() => tokens.getToken()))).toEqual(['t1', 't1', 't1', 't1']);
    expect(scopes).toHaveLength(1);
  });

  it('renews a rejected token once for all who were rejected, by a credential opened anew', async () => {
    const { scopes, openCredential, opened } = countingCredential(() => 0);
    const tokens = acquireTokens({ scope: SCOPE, advice: ADVICE, openCredential, now: () => 0 });
    await tokens.getToken();
    expect(await Promise.all([1, 2, 3].map(() => tokens.renewToken('t1')))).toEqual(['t2', 't2', 't2']);
    expect(await tokens.renewToken('t1')).toBe('t2');
    expect(await tokens.getToken()).toBe('t2');
    expect(scopes).toHaveLength(2);
    expect(opened()).toBe(2);
  });

  it('says so when the credential only has the rejected token', async () => {
    const { openCredential } = countingCredential(() => 0, 2);
    const tokens = acquireTokens({ scope: SCOPE, advice: ADVICE, openCredential, now: () => 0 });
    expect(await tokens.getToken()).toBe('t1');
    expect(await tokens.renewToken('t1')).toBeNull();
    expect(tokens.countRenewals()).toBe(1);
  });

  it.each([
    [
      'AuthenticationError',
      'invalid_client AADSTS7000215: Invalid client secret SECRET',
      'TokenRefused',
      'AADSTS7000215',
    ],
    [
      'CredentialUnavailableError',
      'no endpoint at http://169.254.169.254?SECRET',
      'TokenUnavailable',
      'did not answer',
    ],
    [
      'AuthenticationRequiredError',
      'invalid_client: AADSTS700027: The certificate SECRET is not registered',
      'TokenRefused',
      'AADSTS700027',
    ],
    ['AuthenticationError', 'AADSTS90033: A transient error SECRET', 'TokenUnavailable', 'AADSTS90033'],
    ['TypeError', 'SECRET', 'TokenUnavailable', 'did not answer'],
  ])('explains %s without quoting it, and asks again the next time', async (name, message, code, says) => {
    let asked = 0;
    const openCredential = async (): Promise<Credential> => ({
      getToken: async () => {
        asked += 1;
        if (asked === 1) throw Object.assign(new Error(message), { name });
        return { token: 'later', expiresOnTimestamp: 60 * MINUTE };
      },
    });
    const tokens = acquireTokens({ scope: SCOPE, advice: ADVICE, openCredential, now: () => 0 });
    const fault = await tokens.getToken().catch((error: unknown) => error);
    expect(fault).toMatchObject({ name: 'TokenError', code });
    expect(String(fault)).toContain(says);
    expect(String(fault)).toContain(ADVICE);
    expect(String(fault)).not.toContain('SECRET');
    expect(await tokens.getToken()).toBe('later');
  });

  it('opens the credential again after it could not be opened', async () => {
    let opened = 0;
    const openCredential = async (): Promise<Credential> => {
      opened += 1;
      if (opened === 1) throw new Error('no module');
      return { getToken: async () => ({ token: 'later', expiresOnTimestamp: 60 * MINUTE }) };
    };
    const tokens = acquireTokens({ scope: SCOPE, advice: ADVICE, openCredential, now: () => 0 });
    await expect(tokens.getToken()).rejects.toMatchObject({ code: 'TokenUnavailable' });
    expect(await tokens.getToken()).toBe('later');
  });

  it('gives a request up that takes too long, for all who wait, and asks again the next time', async () => {
    const signals: (AbortSignal | undefined)[] = [];
    const openCredential = async (): Promise<Credential> => ({
      getToken: async (_, options) => {
        signals.push(options?.abortSignal);
        return signals.length === 1
          ? new Promise<never>(() => undefined)
          : { token: 'later', expiresOnTimestamp: 60 * MINUTE };
      },
    });
    const tokens = acquireTokens({ scope: SCOPE, advice: ADVICE, openCredential, now: () => 0, longestMs: 30 });
    const faults = await Promise.all([1, 2].map(() => tokens.getToken().catch((error: unknown) => error)));
    for (const fault of faults) {
      expect(fault).toMatchObject({ code: 'TokenUnavailable', message: expect.stringContaining('within 0.03 s') });
    }
    expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
    expect(await tokens.getToken()).toBe('later');
  });

  it('lets one caller go whose call is cancelled, and serves the others', async () => {
    let give: (token: string) => void = () => undefined;
    const openCredential = async (): Promise<Credential> => ({
      getToken: () =>
        new Promise((resolve) => {
          give = (token) => resolve({ token, expiresOnTimestamp: 60 * MINUTE });
        }),
    });
    const tokens = acquireTokens({ scope: SCOPE, advice: ADVICE, openCredential, now: () => 0 });
    const stop = new AbortController();
    const impatient = tokens.getToken(stop.signal).catch((error: unknown) => error);
    const patient = tokens.getToken();
    stop.abort();
    expect(await impatient).toMatchObject({ code: 'TokenUnavailable' });
    give('t1');
    expect(await patient).toBe('t1');
  });
});

describe('holdToken', () => {
  it('gives the one token, trimmed, and no other', async () => {
    const tokens = holdToken(' abc.def \n');
    expect(await tokens.getToken()).toBe('abc.def');
    expect(await tokens.renewToken('abc.def')).toBeNull();
    expect(tokens.countRenewals()).toBe(1);
  });

  it.each(['', '  ', 'two words SECRET', 'line\nend SECRET', 'naïve SECRET'])(
    'refuses %j without quoting it',
    (text) => {
      expect(() => holdToken(text)).toThrow(/DEFENDER_ACCESS_TOKEN/);
      expect(() => holdToken(text)).not.toThrow(/SECRET/);
    },
  );
});
