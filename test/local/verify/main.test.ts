import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSigning } from '../../../shared/evidence/signing.ts';
import { makeKey } from '../../shared/evidence/signing-keys.ts';
import { buildPackage, makePackage, makeSigned, writePackage } from './build-package.ts';

const MAIN = resolve(import.meta.dirname, '../../../local/verify/main.ts');
const AGREE = 'Intact: 10 files and 11 custody entries agree.\n';

function verify(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** A file with that content, in a folder of its own. */
function writeFile(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'key-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'keys.json');
  writeFileSync(file, content);
  return file;
}

test('an intact package is told in two lines, with exit code 0', () => {
  const unsigned = 'Not signed: nothing shows that it was not made anew as a whole.\n';
  expect(verify(buildPackage())).toEqual({ status: 0, stdout: `${AGREE}${unsigned}`, stderr: '' });
  expect(verify(writePackage(makePackage('unsigned')))).toMatchObject({ status: 0, stdout: `${AGREE}${unsigned}` });
});

test('a signed package is told with its key, and whether anybody vouches for that', async () => {
  const key = makeKey();
  const [published] = await openSigning(key.keeper).listKeys();
  const kid = published?.kid ?? '';
  const folder = writePackage(await makeSigned(key));
  expect(verify(folder)).toEqual({
    status: 0,
    stdout: `${AGREE}Signed by the key ${kid}, for which nothing vouches: it comes from the package itself. Give --key or --fingerprint, had from elsewhere.\n`,
    stderr: '',
  });
  const set = writeFile(JSON.stringify({ keys: [{ kty: 'RSA', n: 'AQAB', e: 'AQAB' }, published] }));
  const jwk = writeFile(JSON.stringify(key.publicKey));
  const others = [
    ['--key', set],
    ['--key', jwk],
    ['--fingerprint', kid],
  ];
  for (const pin of others)
    expect(verify(folder, ...pin)).toEqual({
      status: 0,
      stdout: `${AGREE}Signed by the given key ${kid}.\n`,
      stderr: '',
    });
});

test('a package that another key signed is told with exit code 5', async () => {
  const folder = writePackage(await makeSigned(makeKey()));
  const other = writeFile(JSON.stringify(makeKey().publicKey));
  const { status, stdout } = verify('--key', other, folder);
  expect(status).toBe(5);
  expect(stdout).toMatch(
    /^signature\.jws: It was made by the key [\w-]{43}, which is not the given one \([\w-]{43}\)\.\n$/,
  );
});

test('each fault is one line, with exit code 5; a file name cannot write to the terminal', () => {
  const folder = buildPackage();
  writeFileSync(join(folder, 'data', '\u001b[2K\rIntact\n\u202Etxt'), 'x');
  const { status, stdout } = verify(folder);
  expect(status).toBe(5);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'data/[U+001B][2K[U+000D]Intact[U+000A][U+202E]txt: It was added: manifest-sha256.txt does not name it.',
    expect.stringMatching(/^bag-info\.txt: Its Payload-Oxum is /),
    'data/[U+001B][2K[U+000D]Intact[U+000A][U+202E]txt: collection.json does not tell of it.',
  ]);
});

test('a byte changed in any file of a signed package is told with exit code 5, and the file is named', async () => {
  const sealed = await makeSigned(makeKey());
  expect(sealed.size).toBe(12);
  for (const [path, bytes] of sealed) {
    const changed = Buffer.from(bytes);
    const middle = Math.floor(bytes.length / 2);
    changed[middle] = (changed[middle] ?? 0) ^ 1;
    const { status, stdout } = verify(writePackage(new Map(sealed).set(path, changed)));
    expect([path, status]).toEqual([path, 5]);
    expect(stdout).toContain(`${path}: `);
  }
});

test.each<[string, (lines: string[]) => readonly string[], string]>([
  ['an entry dropped', (lines) => lines.toSpliced(4, 1), 'The chain is broken at entry 5.'],
  ['two exchanged', ([a = '', b = '', ...rest]) => [b, a, ...rest], 'The chain is broken at entry 1.'],
  ['its end cut off', (lines) => lines.slice(0, -1), 'the end was cut off.'],
])('a custody log with %s is told with exit code 5', async (_, change, words) => {
  const files = await makeSigned(makeKey());
  const lines = change((files.get('custody.jsonl') ?? '').toString().trimEnd().split('\n'));
  files.set('custody.jsonl', Buffer.from(`${lines.join('\n')}\n`));
  const { status, stdout } = verify(writePackage(files));
  expect(status).toBe(5);
  expect(stdout).toMatch(/^custody\.jsonl: /m);
  expect(stdout).toContain(words);
});

const THUMBPRINT = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
test.each([
  [[], /^Usage/],
  [['one', 'two'], /^Usage/],
  [['one', '--quick'], /^Usage/],
  [['one', '--key', 'a', '--fingerprint', THUMBPRINT], /^Usage/],
  [['/no/such/folder'], /^\/no\/such\/folder: There is no such folder/],
  [[MAIN], /There is no such folder/],
  [['.', '--key', '/no/such/file'], /^--key \/no\/such\/file cannot be read\./],
  [['.', '--fingerprint', THUMBPRINT.slice(1)], /^--fingerprint is no thumbprint/],
  [['.', '--fingerprint', `${THUMBPRINT.slice(0, -1)}t`], /^--fingerprint is no thumbprint/],
])('wrong use %j is told with exit code 2', (args, words) => {
  const { status, stdout, stderr } = verify(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(words);
  expect(stderr).toContain('Usage: npm run verify -- <folder or collection id>');
});

test.each([
  ['hello', 'is no JSON'],
  ['{}', 'holds no public key'],
  ['{"keys":[]}', 'holds no public key'],
  ['{"kty":"EC","crv":"P-384","x":"AA","y":"AA"}', 'holds no public key'],
])('a file with %s vouches for nothing, so nothing is checked by it', (content, words) => {
  const { status, stderr } = verify(buildPackage(), '--key', writeFile(content));
  expect(status).toBe(2);
  expect(stderr).toContain(words);
});
