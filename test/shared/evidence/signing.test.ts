import { execFileSync } from 'node:child_process';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type KeyKeeper, openSigning } from '../../../shared/evidence/signing.ts';
import { makeKey } from './signing-keys.ts';

const STATEMENT = { collection: '5f0c', tagmanifestSha256: 'a'.repeat(64), custodyHead: 'b'.repeat(64) };

function split(jws: string): readonly [header: string, payload: string, signature: string] {
  const [header = '', payload = '', signature = '', ...more] = jws.split('.');
  if (more.length > 0) throw new Error('It has more than three parts.');
  return [header, payload, signature];
}

const decode = (part: string) => Buffer.from(part, 'base64url').toString();

/** RFC 7638, 3 by hand: SHA-256 over the required members in their order. */
function thumbprintOf({ crv, kty, x, y }: { crv: string; kty: string; x: string; y: string }): string {
  return createHash('sha256').update(`{"crv":"${crv}","kty":"${kty}","x":"${x}","y":"${y}"}`).digest('base64url');
}

describe('a signature', () => {
  it('is a compact JWS over the canonical statement, whose header bears key and thumbprint', async () => {
    const { keeper, publicKey } = makeKey();
    const [header, payload, signature] = split(await openSigning(keeper).sign(STATEMENT));
    const kid = thumbprintOf(publicKey);
    expect(decode(payload)).toBe(
      `{"collection":"5f0c","custodyHead":"${STATEMENT.custodyHead}","tagmanifestSha256":"${STATEMENT.tagmanifestSha256}"}`,
    );
    const { x, y } = publicKey;
    expect(decode(header)).toBe(
      `{"alg":"ES256","jwk":{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"},"kid":"${kid}"}`,
    );
    expect(Buffer.from(signature, 'base64url')).toHaveLength(64);
    expect(signature).not.toContain('=');
  });

  it('is accepted by node:crypto with the public key, and no more when a byte of what is signed is another', async () => {
    const { keeper, publicKey } = makeKey();
    const [header, payload, signature] = split(await openSigning(keeper).sign(STATEMENT));
    const key = createPublicKey({ key: { ...publicKey }, format: 'jwk' });
    const check = (input: string) =>
      verify(
        'sha256',
        Buffer.from(input),
        { key, dsaEncoding: 'ieee-p1363' },
        new Uint8Array(Buffer.from(signature, 'base64url')),
      );
    expect(check(`${header}.${payload}`)).toBe(true);
    expect(check(`${header}.${payload.slice(0, -1)}A`)).toBe(false);
  });

  it('is accepted by openssl, once r and s are in the DER form that it takes', async () => {
    const { keeper, pem } = makeKey();
    const [header, payload, signature] = split(await openSigning(keeper).sign(STATEMENT));
    const folder = mkdtempSync(join(tmpdir(), 'signature-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const hex = Buffer.from(signature, 'base64url').toString('hex');
    writeFileSync(join(folder, 'key.pem'), pem);
    writeFileSync(
      join(folder, 'der.conf'),
      `asn1=SEQUENCE:s\n[s]\nr=INTEGER:0x${hex.slice(0, 64)}\ns=INTEGER:0x${hex.slice(64)}\n`,
    );
    const openssl = (...args: string[]) =>
      execFileSync('openssl', args, { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
    openssl('asn1parse', '-genconf', 'der.conf', '-noout', '-out', 'signature.der');
    const check = (input: string) => {
      writeFileSync(join(folder, 'input'), input);
      return openssl('dgst', '-sha256', '-verify', 'key.pem', '-signature', 'signature.der', 'input');
    };
    expect(check(`${header}.${payload}`)).toBe('Verified OK\n');
    expect(() => check(`${header}.${payload}\n`)).toThrow();
  });

  it.each([
    ['of another key', async () => new Uint8Array(64).fill(7)],
    ['in DER form', async () => new Uint8Array(70).fill(7)],
    ['of no bytes', async () => new Uint8Array()],
  ])('%s is found out before it is stored', async (_, sign) => {
    const { publicKey, keeper } = makeKey();
    const lying: KeyKeeper = { ...keeper, open: async () => ({ publicKey, sign }) };
    await expect(openSigning(lying).sign(STATEMENT)).rejects.toMatchObject({
      name: 'SigningError',
      code: 'signature-wrong',
    });
  });

  it.each([
    ['another curve', { crv: 'P-384' }],
    ['a private part', { d: 'AAAA' }],
    ['nothing', { x: undefined }],
  ])('is not made by a key with %s', async (_, change) => {
    const { publicKey, keeper } = makeKey();
    const open = async () => ({ ...(await keeper.open()), publicKey: { ...publicKey, ...change } });
    await expect(openSigning({ ...keeper, open }).sign(STATEMENT)).rejects.toMatchObject({ code: 'signing-key-unfit' });
  });
});

describe('the published keys', () => {
  it('are each a JWK with its thumbprint, and no private part', async () => {
    const [one, other] = [makeKey(), makeKey()];
    const keeper = { ...one.keeper, listPublicKeys: async () => [one.publicKey, other.publicKey] };
    expect(await openSigning(keeper).listKeys()).toEqual(
      [one, other].map(({ publicKey }) => ({ ...publicKey, kid: thumbprintOf(publicKey), alg: 'ES256', use: 'sig' })),
    );
  });

  it('are none where no key is set, and nothing is signed', async () => {
    const signing = openSigning(null);
    expect(signing.practice).toBe('unsigned');
    expect(await signing.listKeys()).toEqual([]);
    await expect(signing.sign(STATEMENT)).rejects.toMatchObject({ code: 'signing-key-unset' });
  });
});
