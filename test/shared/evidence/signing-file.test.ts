import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openSigning } from '../../../shared/evidence/signing.ts';
import { keepKeyInFile } from '../../../shared/evidence/signing-file.ts';

const STATEMENT = { collection: '5f0c', tagmanifestSha256: 'a'.repeat(64), custodyHead: 'b'.repeat(64) };

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'signing-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('a key in a file', () => {
  it('is made when it is first needed, for its owner alone, in a folder that may not be there yet', async () => {
    const path = join(makeFolder(), 'new', 'key.pem');
    const keeper = keepKeyInFile(path);
    expect(existsSync(path)).toBe(false);
    const [key] = await keeper.listPublicKeys();
    expect(createPrivateKey(readFileSync(path)).asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
    expect(key).not.toHaveProperty('d');
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('signs, and is the same for another instance', async () => {
    const path = join(makeFolder(), 'key.pem');
    const [one, other] = [openSigning(keepKeyInFile(path)), openSigning(keepKeyInFile(path))];
    await expect(one.sign(STATEMENT)).resolves.toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    expect(await other.listKeys()).toEqual(await one.listKeys());
  });

  it('is one key though twenty instances make it at once, and nothing else is left', async () => {
    const folder = makeFolder();
    const keepers = Array.from({ length: 20 }, () => openSigning(keepKeyInFile(join(folder, 'key.pem'))));
    const lists = await Promise.all(keepers.map(({ listKeys }) => listKeys()));
    expect(new Set(lists.map((keys) => keys[0]?.kid)).size).toBe(1);
    expect(readdirSync(folder)).toEqual(['key.pem']);
  });

  it.each([
    ['no key', 'hello'],
    ['a half key', '-----BEGIN PRIVATE KEY-----\nMIGH'],
    ['nothing', ''],
    [
      'a key on another curve',
      generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    ],
    ['a key of another type', generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })],
  ])('is refused when the file holds %s, and the file stays as it is', async (_, content) => {
    const path = join(makeFolder(), 'key.pem');
    writeFileSync(path, content);
    await expect(keepKeyInFile(path).open()).rejects.toMatchObject({ code: 'signing-key-unfit' });
    expect(readFileSync(path, 'utf8')).toBe(content.toString());
  });

  it('says what is wrong with a path that is a folder, and uses the key once it can', async () => {
    const path = join(makeFolder(), 'key.pem');
    mkdirSync(path);
    const keeper = keepKeyInFile(path);
    await expect(keeper.open()).rejects.toMatchObject({
      code: 'signing-key-missing',
      message: expect.stringContaining('(EISDIR)'),
    });
    rmSync(path, { recursive: true });
    await expect(keeper.open()).resolves.toMatchObject({ publicKey: { kty: 'EC' } });
  });
});
