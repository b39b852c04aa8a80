import { spawnSync } from 'node:child_process';
import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSigning } from '../../../shared/evidence/signing.ts';
import { COLLECTION_ID } from '../../shared/domain/package-record-fixture.ts';
import { makeKey, type TestKey } from '../../shared/evidence/signing-keys.ts';
import { makeSigned, writePackage } from './build-package.ts';

const SCRIPT = resolve(import.meta.dirname, '../../../local/verify/check-signature.sh');

let key: TestKey;
let folder: string;
beforeEach(async () => {
  key = makeKey();
  folder = writePackage(await makeSigned(key));
});

async function writeKeys(...keys: readonly TestKey[]): Promise<string> {
  const published = await Promise.all(keys.map(({ keeper }) => openSigning(keeper).listKeys()));
  const file = join(folder, '..', `${folder.split('/').at(-1)}.json`);
  writeFileSync(file, JSON.stringify({ keys: published.flat() }));
  return file;
}

function check(keys: string) {
  const { status, stdout, stderr } = spawnSync('sh', [SCRIPT, folder, keys], { encoding: 'utf8' });
  rmSync(keys);
  return { status, said: `${stdout}${stderr}` };
}

function flip(path: string, at: number): void {
  const bytes = readFileSync(join(folder, path));
  const place = at < 0 ? bytes.length + at : at;
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(join(folder, path), bytes);
}

/** Puts another letter of base64url into the signature's text, so that it is still one, whatever the key is. */
function exchange(at: number): void {
  const file = join(folder, 'signature.jws');
  const text = readFileSync(file, 'utf8');
  const place = at < 0 ? text.length + at : at;
  writeFileSync(file, `${text.slice(0, place)}${text[place] === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`);
}

describe.skipIf(process.platform === 'win32')('the shell script that checks a signature with openssl', () => {
  it('accepts the signature of a key among the given ones', async () => {
    const { status, said } = check(await writeKeys(makeKey(), key, makeKey()));
    expect(said).toMatch(
      new RegExp(`^The signature of collection ${COLLECTION_ID} holds, by the key [\\w-]{43}\\.\\n$`),
    );
    expect(status).toBe(0);
  });

  it.each<readonly [string, () => void, RegExp]>([
    ['its signature', () => exchange(-10), /does not fit/],
    ['its header', () => exchange(30), /not among the given|does not fit/],
    ['its payload', () => exchange(400), /does not fit/],
    ['the tag manifest', () => flip('tagmanifest-sha256.txt', 3), /something else than is here/],
    ['the last entry of the custody log', () => flip('custody.jsonl', -5), /something else than is here/],
    ['the collection that the package is of', () => flip('bag-info.txt', 60), /something else than is here/],
    [
      'the form of the signature',
      () => writeFileSync(join(folder, 'signature.jws'), 'hello'),
      /no compact JWS|not among/,
    ],
    ['an end that was cut off', () => rmSync(join(folder, 'signature.jws')), /It is missing/],
    ['what was added to it', () => appendFileSync(join(folder, 'signature.jws'), 'AAAA'), /not 64 bytes/],
  ])('refuses a package that is another in %s', async (_, change, words) => {
    const keys = await writeKeys(key);
    change();
    const { status, said } = check(keys);
    expect(said).toMatch(words);
    expect(status).toBe(5);
  });

  it('refuses a key that is not among the given ones', async () => {
    expect(check(await writeKeys(makeKey()))).toMatchObject({ status: 5, said: expect.stringContaining('not among') });
  });
});
