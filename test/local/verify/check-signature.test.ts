import { createHash, createHmac, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkSignature, type Signed } from '../../../local/verify/check-signature.ts';
import { makeKey, type TestKey } from '../../shared/evidence/signing-keys.ts';

/** Made once by node:crypto alone: as long as this is accepted, so is every package that was sealed before. */
const GOLDEN =
  'eyJhbGciOiJFUzI1NiIsImp3ayI6eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImtYMmhLX3RzdFdOZ1ZOdkI0bXlaUkdnbEYxQUxXaEh4ZjJLUWNmLXdXQ0UiLCJ5IjoibjJ3QWQzdlFydDF5UzdzelByZllRYUZDb1g2UW1zMVUyNG1kMjFfNDcwZyJ9LCJraWQiOiJxeU1zVVp4SjZHejBHcTJKTllBZ2JUd1gtNXF6WEIxSXZPVWhxaVRNcEdnIn0.eyJjb2xsZWN0aW9uIjoiNWYwYzFkMmUzYTRiNWM2ZDdlOGY5MGExYjJjM2Q0ZTUiLCJjdXN0b2R5SGVhZCI6ImJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmJiYmIiLCJ0YWdtYW5pZmVzdFNoYTI1NiI6ImFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWEifQ.MZpzDMTSSe-uZV9tcjvyBxlDrBNXYAKvL1sUY0kbmxbtILHG9gHSGeZBhBVQFF7y7aP7MFVxLhg1bIiEFUrdYQ';
const KID = 'qyMsUZxJ6Gz0Gq2JNYAgbTwX-5qzXB1IvOUhqiTMpGg';
const ID = '5f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5';
const SIGNED: Signed = {
  jws: GOLDEN,
  bagInfo: 'Package-Signature: signature.jws (JWS, ES256)\n',
  collectionId: ID,
  tagmanifestSha256: 'a'.repeat(64),
  custodyHead: 'b'.repeat(64),
};

async function faultsOf(change: Partial<Signed>, ...pins: readonly string[]): Promise<readonly string[]> {
  const { finding, faults } = await checkSignature({ ...SIGNED, ...change }, pins);
  expect(finding === null).toBe(faults.length > 0);
  return faults.map(({ path, what }) => `${path}: ${what}`);
}

const encode = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function thumbprintOf({ publicKey: { crv, kty, x, y } }: TestKey): string {
  return createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
}

const STATEMENT = { collection: ID, custodyHead: 'b'.repeat(64), tagmanifestSha256: 'a'.repeat(64) };

/** A JWS as somebody else might make it, by node:crypto alone. */
function make(key: TestKey, change: { header?: unknown; payload?: unknown } = {}): string {
  const { crv, kty, x, y } = key.publicKey;
  const header = change.header ?? { alg: 'ES256', jwk: { crv, kty, x, y }, kid: thumbprintOf(key) };
  const input = `${encode(header)}.${encode(change.payload ?? STATEMENT)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

const NOT_OURS = 'signature.jws: It is not in the form of a signature of ours (a compact JWS, ES256).';

describe('a signature that fits', () => {
  it('is told with its key, and who vouches for that', async () => {
    const finding = { signature: 'fits', thumbprint: KID, vouchedBy: 'nobody' };
    expect(await checkSignature(SIGNED, [])).toEqual({ finding, faults: [] });
    expect(await checkSignature(SIGNED, ['x', KID])).toEqual({
      finding: { ...finding, vouchedBy: 'a given key' },
      faults: [],
    });
    expect(await faultsOf({ jws: make(makeKey()) })).toEqual([]);
  });

  it('is not checked against what the package lacks, which is a fault of its own', async () => {
    expect(await faultsOf({ collectionId: null, tagmanifestSha256: null, custodyHead: null })).toEqual([]);
  });

  it.each<readonly [string, Partial<Signed>, RegExp]>([
    ['the tag manifest', { tagmanifestSha256: 'c'.repeat(64) }, /^tagmanifest-sha256\.txt: It is another one than was/],
    ['the custody log', { custodyHead: 'c'.repeat(64) }, /^custody\.jsonl: Its head is another one than was signed\.$/],
    [
      'the collection',
      { collectionId: 'e'.repeat(32), custodyHead: 'c'.repeat(64), tagmanifestSha256: 'c'.repeat(64) },
      /^signature\.jws: It is that of another package: it was made for collection 5f0c1d2e.*, and this is eeee/,
    ],
  ])('names %s where that is another than was signed', async (_, change, sentence) => {
    expect(await faultsOf(change)).toEqual([expect.stringMatching(sentence)]);
  });
});

describe('a changed signature', () => {
  it.each(Array.from({ length: 8 }, (_, bit) => bit))('is told wherever bit %d of a byte is flipped', async (bit) => {
    const bytes = Buffer.from(GOLDEN);
    for (const [at, byte] of bytes.entries()) {
      const changed = Buffer.from(bytes);
      changed[at] = byte ^ (1 << bit);
      const faults = await faultsOf({ jws: changed.toString() });
      if (faults.length === 0) throw new Error(`Bit ${bit} of byte ${at} makes no difference.`);
      expect(faults[0]).toMatch(/^signature\.jws: /);
    }
  });

  it.each([
    ['nothing', ''],
    ['a line end after it', `${GOLDEN}\n`],
    ['a space before it', ` ${GOLDEN}`],
    ['padding', `${GOLDEN}==`],
    ['no signature', GOLDEN.replace(/[^.]+$/, '')],
    ['a fourth part', `${GOLDEN}.AAAA`],
    ['one part', 'AAAA'],
    ['the last character with a bit to spare set', GOLDEN.replace(/Q$/, 'R')],
  ])('with %s is none of ours', async (_, jws) => {
    expect(await faultsOf({ jws })).toEqual([NOT_OURS]);
  });

  it('with a shorter signature does not fit', async () => {
    expect(await faultsOf({ jws: GOLDEN.slice(0, -2) })).toEqual([
      expect.stringMatching(/does not fit the key|in the form/),
    ]);
  });
});

describe('a forged signature', () => {
  let key: TestKey;
  let other: TestKey;
  beforeAll(() => {
    [key, other] = [makeKey(), makeKey()];
  });

  it('by another key is told by the pin, with both keys', async () => {
    expect(await faultsOf({ jws: make(other) }, KID)).toEqual([
      `signature.jws: It was made by the key ${thumbprintOf(other)}, which is not the given one (${KID}).`,
    ]);
  });

  it('that bears the right key but was made by another does not fit', async () => {
    const { crv, kty, x, y } = key.publicKey;
    const header = { alg: 'ES256', jwk: { crv, kty, x, y }, kid: thumbprintOf(key) };
    expect(await faultsOf({ jws: make(other, { header }) }, thumbprintOf(key))).toEqual([
      `signature.jws: It does not fit the key ${thumbprintOf(key)}: it was changed, or another key made it.`,
    ]);
  });

  it('that names the right key and bears another is told', async () => {
    const { crv, kty, x, y } = other.publicKey;
    const header = { alg: 'ES256', jwk: { crv, kty, x, y }, kid: thumbprintOf(key) };
    expect(await faultsOf({ jws: make(other, { header }) }, thumbprintOf(key))).toEqual([
      'signature.jws: It names another key than the one it bears.',
    ]);
  });

  it.each<readonly [string, (jwk: object, kid: string) => unknown]>([
    ['no algorithm', (jwk, kid) => ({ alg: 'none', jwk, kid })],
    ['an algorithm with a shared secret', (jwk, kid) => ({ alg: 'HS256', jwk, kid })],
    ['an extension that must be understood', (jwk, kid) => ({ alg: 'ES256', crit: ['b64'], b64: false, jwk, kid })],
    ['an address of keys', (jwk, kid) => ({ alg: 'ES256', jku: 'https://example.com', jwk, kid })],
    ['members in another order', (jwk, kid) => ({ kid, jwk, alg: 'ES256' })],
    ['spaces', (jwk, kid) => JSON.stringify({ alg: 'ES256', jwk, kid }, null, 1)],
    ['a member twice', (jwk, kid) => JSON.stringify({ alg: 'ES256', jwk, kid }).replace('{', '{"alg":"none",')],
    ['a list', () => []],
    ['text', () => 'hello'],
  ])('whose header has %s is none of ours', async (_, header) => {
    const { crv, kty, x, y } = key.publicKey;
    const jws = make(key, { header: header({ crv, kty, x, y }, thumbprintOf(key)) });
    expect(await faultsOf({ jws })).toEqual([NOT_OURS]);
  });

  it('by a hash with the public key as its secret is none of ours', async () => {
    const { crv, kty, x, y } = key.publicKey;
    const input = `${encode({ alg: 'HS256', jwk: { crv, kty, x, y }, kid: thumbprintOf(key) })}.${encode(STATEMENT)}`;
    const jws = `${input}.${createHmac('sha256', key.pem).update(input).digest('base64url')}`;
    expect(await faultsOf({ jws })).toEqual([NOT_OURS]);
  });

  it.each<readonly [string, unknown]>([
    ['another member', { ...STATEMENT, more: 1 }],
    ['one member less', { collection: ID, custodyHead: 'b'.repeat(64) }],
    ['members in another order', { tagmanifestSha256: 'a'.repeat(64), custodyHead: 'b'.repeat(64), collection: ID }],
    ['no object', 'hello'],
  ])('over a statement with %s is none of ours', async (_, payload) => {
    expect(await faultsOf({ jws: make(key, { payload }) })).toEqual([NOT_OURS]);
  });

  it('by a point that is not on the curve does not fit', async () => {
    const jwk = { crv: 'P-256', kty: 'EC', x: key.publicKey.x, y: key.publicKey.x };
    const kid = createHash('sha256').update(JSON.stringify(jwk)).digest('base64url');
    const jws = make(key, { header: { alg: 'ES256', jwk, kid } });
    expect(await faultsOf({ jws })).toEqual([expect.stringContaining('It does not fit the key')]);
  });

  it.each([
    ['of zeros', '00'.repeat(64)],
    ['with r = 0 and s = 1', `${'00'.repeat(63)}01`],
    [
      'with r and s the order of the curve',
      'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'.repeat(2),
    ],
  ])('%s does not fit', async (_, hex) => {
    const jws = make(key).replace(/[^.]+$/, Buffer.from(hex, 'hex').toString('base64url'));
    expect(await faultsOf({ jws })).toEqual([expect.stringContaining('It does not fit the key')]);
  });
});

describe('no signature', () => {
  const none = { jws: undefined, bagInfo: 'Bagging-Date: 2026-03-02\n' };
  const unsigned = {
    jws: undefined,
    bagInfo: 'Package-Signature: none, as no signing key was set when this package was sealed\n',
  };

  it.each([none, unsigned])('is no fault where the package announces none', async (change) => {
    expect(await checkSignature({ ...SIGNED, ...change }, [])).toEqual({ finding: { signature: 'none' }, faults: [] });
  });

  it.each([none, unsigned])('is a fault where a key was given', async (change) => {
    expect(await faultsOf(change, KID)).toEqual([
      'signature.jws: It is missing: the package is not signed, by the given key or by any other.',
    ]);
  });

  it('is a fault where the package announces one', async () => {
    expect(await faultsOf({ jws: undefined })).toEqual([
      'signature.jws: It is missing, but bag-info.txt says that the package is signed.',
    ]);
  });

  it('but one that lies there is a fault where the package announces none', async () => {
    expect(await faultsOf({ bagInfo: unsigned.bagInfo })).toEqual([
      'signature.jws: It was added: bag-info.txt says that the package is not signed.',
    ]);
    expect(await faultsOf({ bagInfo: none.bagInfo })).toEqual([]);
  });

  it('nor anything else is clear where the package says two things', async () => {
    expect(await faultsOf({ bagInfo: `${SIGNED.bagInfo}${unsigned.bagInfo}` })).toEqual([
      'bag-info.txt: It does not say clearly whether the package is signed.',
    ]);
  });
});
