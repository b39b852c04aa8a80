import { createPublicKey, verify } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSigning } from '../../../shared/evidence/signing.ts';
import { SigningError } from '../../../shared/evidence/signing-error.ts';
import { keepKeyInVault } from '../../../shared/evidence/signing-vault.ts';
import { makeKey } from './signing-keys.ts';
import { type Refusal, startVault, type Vault } from './start-vault.ts';

const STATEMENT = { collection: '5f0c', tagmanifestSha256: 'a'.repeat(64), custodyHead: 'b'.repeat(64) };
const FIRST = '1'.padStart(32, '0');

let vault: Vault;
beforeEach(async () => {
  vault = await startVault();
  return () => vault.close();
});

const open = (version: string | null = null) => openSigning(keepKeyInVault({ ...vault.reach, version }));

/** Whether a signature fits a key, by node:crypto alone. */
function fits(jws: string, { publicKey }: ReturnType<typeof makeKey>): boolean {
  const [header, payload, signature = ''] = jws.split('.');
  const key = createPublicKey({ key: { ...publicKey }, format: 'jwk' });
  const raw = new Uint8Array(Buffer.from(signature, 'base64url'));
  return verify('sha256', Buffer.from(`${header}.${payload}`), { key, dsaEncoding: 'ieee-p1363' }, raw);
}

const headerOf = (jws: string): unknown => JSON.parse(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString());

async function faultOf(work: Promise<unknown>): Promise<SigningError> {
  const fault: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(fault instanceof SigningError)) throw new Error(`It gave ${String(fault)}, no SigningError.`);
  return fault;
}

describe('a key in a vault', () => {
  it('signs a digest, by the token that the vault asks for, and its private part stays there', async () => {
    const jws = await open().sign(STATEMENT);
    const [made] = vault.versions;
    expect(made && fits(jws, made.key)).toBe(true);
    expect(headerOf(jws)).toMatchObject({ jwk: made?.key.publicKey });
    expect(vault.scopes.flat()).toContain('https://vault.azure.net/.default');
    expect(vault.asked).toEqual([
      'GET /keys/evidence/ without a token',
      'GET /keys/evidence/',
      `GET /keys/evidence/${FIRST}`,
      `POST /keys/evidence/${FIRST}/sign`,
    ]);
  });

  it('is read once more for each signature, so that the newest version signs as soon as there is one', async () => {
    const signing = open();
    await signing.sign(STATEMENT);
    const second = vault.rotate();
    expect(fits(await signing.sign(STATEMENT), second.key)).toBe(true);
  });

  it('signs by its version where one is set', async () => {
    const [first] = vault.versions;
    vault.rotate();
    expect(first && fits(await open(FIRST).sign(STATEMENT), first.key)).toBe(true);
    expect(await open(FIRST).listKeys()).toEqual([expect.objectContaining({ x: first?.key.publicKey.x })]);
  });

  it('signs for several at once on a client that has not asked yet', async () => {
    const signing = open();
    const signed = await Promise.all(Array.from({ length: 5 }, () => signing.sign(STATEMENT)));
    const [made] = vault.versions;
    expect(signed.map((jws) => made && fits(jws, made.key))).toEqual([true, true, true, true, true]);
  });

  it('is published in all versions that are enabled, and in no other', async () => {
    const withdrawn = vault.rotate();
    const current = vault.rotate();
    withdrawn.enabled = false;
    const keys = await open().listKeys();
    expect(keys.map(({ x }) => x)).toEqual([vault.versions[0]?.key.publicKey.x, current.key.publicKey.x]);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  });

  it('in hardware is published as any other', async () => {
    const [made] = vault.versions;
    if (made !== undefined) made.overrides = { kty: 'EC-HSM' };
    await expect(open().sign(STATEMENT)).resolves.toContain('.');
    expect(await open().listKeys()).toMatchObject([{ kty: 'EC' }]);
  });

  it('of another kind in an earlier version is passed over', async () => {
    const [rsa] = vault.versions;
    if (rsa !== undefined)
      rsa.overrides = { kty: 'RSA', crv: undefined, x: undefined, y: undefined, n: 'AQAB', e: 'AQAB' };
    const current = vault.rotate();
    expect(await open().listKeys()).toMatchObject([{ x: current.key.publicKey.x }]);
  });
});

describe('a vault that does not sign', () => {
  it.each<readonly [string, Refusal, Partial<SigningError>, RegExp]>([
    [
      'the app may not read the key',
      { on: 'get', status: 403, code: 'Forbidden' },
      { code: 'signing-refused' },
      /^Key Vault answered 403 Forbidden\. .*role Key Vault Crypto User/,
    ],
    [
      'the app may not sign',
      { on: 'sign', status: 403, code: 'Forbidden' },
      { code: 'signing-refused' },
      /role Key Vault Crypto User/,
    ],
    [
      'the key is gone',
      { on: 'get', status: 404, code: 'KeyNotFound' },
      { code: 'signing-key-missing' },
      /404 KeyNotFound/,
    ],
    [
      'it is asked too often',
      { on: 'sign', status: 429, code: 'Throttled', headers: { 'retry-after': '17' } },
      { code: 'signing-throttled', retryAfterMs: 17_000 },
      /tried again later/,
    ],
    [
      'it says not for how long',
      { on: 'get', status: 429, code: 'Throttled', headers: { 'retry-after': 'SECRET' } },
      { code: 'signing-throttled', retryAfterMs: null },
      /tried again later/,
    ],
    ['it is down', { on: 'sign', status: 503, code: 'Busy' }, { code: 'signing-unavailable' }, /503 Busy; it is tried/],
    [
      'the key may not sign there',
      { on: 'sign', status: 400, code: 'BadParameter' },
      { code: 'signing-key-unfit' },
      /permitted to sign/,
    ],
  ])('is told apart when %s, asked once, and signs when it can again', async (_, refusal, fields, sentence) => {
    const signing = open();
    vault.refusals.push(refusal);
    const fault = await faultOf(signing.sign(STATEMENT));
    expect(fault).toMatchObject(fields);
    expect(fault.message).toMatch(sentence);
    expect(JSON.stringify([fault, fault.message, String(fault.cause)])).not.toMatch(/SECRET|PLANTED|vault\.azure/);
    expect(vault.refusals).toEqual([]);
    await expect(signing.sign(STATEMENT)).resolves.toContain('.');
  });

  it.each([
    ['whose time is over', { exp: 1_000_000_000 }, {}],
    ['whose time has not come', { nbf: 9_000_000_000 }, {}],
    ['that may only verify', {}, { key_ops: ['verify'] }],
    ['on another curve', {}, { crv: 'P-384' }],
    ['of another type', {}, { kty: 'RSA' }],
  ])('is told of a key %s', async (_, attributes, overrides) => {
    Object.assign(vault.versions[0] ?? {}, { attributes, overrides });
    expect(await faultOf(open().sign(STATEMENT))).toMatchObject({
      code: 'signing-key-unfit',
      message: expect.stringContaining('SIGNING_KEY_ID'),
    });
  });

  it('is found out when it signs by another key than it shows', async () => {
    vault.forger.key = makeKey();
    expect(await faultOf(open().sign(STATEMENT))).toMatchObject({ code: 'signature-wrong' });
  });

  it('is told of when nobody answers', async () => {
    await vault.close();
    expect(await faultOf(open().sign(STATEMENT))).toMatchObject({ code: 'signing-unavailable' });
    expect(await faultOf(open().listKeys())).toMatchObject({ code: 'signing-unavailable' });
  });

  it('is told of when the identity gives no token', async () => {
    const openCredential = async () => ({ getToken: () => Promise.reject(new Error('PLANTED-SECRET')) });
    const signing = openSigning(keepKeyInVault({ ...vault.reach, openCredential, version: null }));
    const fault = await faultOf(signing.sign(STATEMENT));
    expect(fault).toMatchObject({ code: 'signing-unavailable', message: expect.stringContaining('its identity') });
    expect(fault.message).not.toContain('SECRET');
  });

  it('gives no token to a host that asks for one of another domain', async () => {
    const elsewhere = openSigning(
      keepKeyInVault({ ...vault.reach, vaultUrl: 'https://vault.attacker.example', version: null }),
    );
    expect(await faultOf(elsewhere.sign(STATEMENT))).toMatchObject({ code: 'signing-unavailable' });
    expect(vault.scopes).toEqual([]);
  });
});
