import { describe, expect, it } from 'vitest';
import type { SealStatement } from '../../../shared/domain/signature.ts';
import { openSigning } from '../../../shared/evidence/signing.ts';
import { checkSignature } from '../../../shared/evidence/signing-check.ts';
import { makeKey } from './signing-keys.ts';

const STATEMENT: SealStatement = {
  collection: 'a'.repeat(32),
  tagmanifestSha256: 'b'.repeat(64),
  custodyHead: 'c'.repeat(64),
};
const theirKey = makeKey();
const ours = openSigning(makeKey().keeper);
const theirs = openSigning(theirKey.keeper);

describe('a signature that is stored', () => {
  it('fits by one of our keys, or where none is given by the one that it bears', async () => {
    const jws = await ours.sign(STATEMENT);
    const keys = [...(await theirs.listKeys()), ...(await ours.listKeys())];
    expect(await checkSignature(jws, STATEMENT, keys)).toBe('fits');
    expect(await checkSignature(jws, STATEMENT, [])).toBe('fits');
  });

  it('does not fit over another statement', async () => {
    const jws = await ours.sign(STATEMENT);
    for (const change of [{ collection: 'd' }, { tagmanifestSha256: 'e'.repeat(64) }, { custodyHead: 'f'.repeat(64) }])
      expect(await checkSignature(jws, { ...STATEMENT, ...change }, [])).toBe('does not fit');
  });

  it("does not fit by somebody else's key, nor by one that names ours", async () => {
    const keys = await ours.listKeys();
    const jws = await theirs.sign(STATEMENT);
    expect(await checkSignature(jws, STATEMENT, keys)).toBe('does not fit');
    const [first = '', second = ''] = jws.split('.');
    const header = JSON.parse(Buffer.from(first, 'base64url').toString()) as object;
    const forged = Buffer.from(JSON.stringify({ ...header, kid: keys[0]?.kid })).toString('base64url');
    const { sign: signRaw } = await theirKey.keeper.open();
    const signature = Buffer.from(await signRaw(Buffer.from(`${forged}.${second}`))).toString('base64url');
    expect(await checkSignature(`${forged}.${second}.${signature}`, STATEMENT, keys)).toBe('does not fit');
    expect(await checkSignature(`${forged}.${second}.${signature}`, STATEMENT, [])).toBe('does not fit');
  });

  it.each([
    ['nothing', () => ''],
    ['no JWS', () => 'a.b.c'],
    ['a changed byte', (jws: string) => `${jws.slice(0, -10)}${jws.at(-10) === 'A' ? 'B' : 'A'}${jws.slice(-9)}`],
    ['a part more', (jws: string) => `${jws}.x`],
    ['no signature', (jws: string) => jws.split('.').slice(0, 2).join('.')],
  ])('does not fit when it is %s', async (_name, change) => {
    expect(await checkSignature(change(await ours.sign(STATEMENT)), STATEMENT, await ours.listKeys())).toBe(
      'does not fit',
    );
  });
});
