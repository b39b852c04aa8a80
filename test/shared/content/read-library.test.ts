import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { buildLockText } from '../../../local/lock-library.ts';
import { readLibrary } from '../../../shared/content/read-library.ts';

const TEXTS = { description: 'd', parametersDescription: 'p' };

function makeFolder(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'library-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** A folder of these files with the lock that pins them. */
async function makeLibrary(files: Readonly<Record<string, string | Uint8Array>>) {
  const folder = makeFolder(files);
  const write = async () => {
    const text = await buildLockText(
      folder,
      Object.keys(files).map((path) => ({ path, ...TEXTS })),
    );
    writeFileSync(join(folder, 'lock.json'), text);
  };
  return { folder, write, url: pathToFileURL(`${folder}/`) };
}

it('reads each pinned script with its bytes and its hash', async () => {
  const { write, url } = await makeLibrary({ 'a.sh': 'exit 0\n' });
  await write();
  const sha256 = createHash('sha256').update('exit 0\n').digest('hex');
  expect([...(await readLibrary(url)).values()]).toEqual([
    { name: 'a.sh', content: Buffer.from('exit 0\n'), sha256, ...TEXTS },
  ]);
});

it('a script that was changed since is an error that names both hashes', async () => {
  const { folder, write, url } = await makeLibrary({ 'a.sh': 'exit 0\n' });
  await write();
  writeFileSync(join(folder, 'a.sh'), 'exit 1\n');
  await expect(readLibrary(url)).rejects.toThrow(
    /a\.sh is not the file that was reviewed: its SHA-256 is [0-9a-f]{64}/,
  );
});

it.each([
  ['a name with a space', { 'hello copy.sh': 'exit 0\n' }, /letters, digits/],
  ['more than 20 MB', { 'a.sh': new Uint8Array(20 * 1024 * 1024 + 1) }, /20 MB at most/],
  ['two names that differ in capitals', { 'a.sh': '1', 'A.sh': '2' }, /the lock has a\.sh already/],
])('%s is not locked', async (_, files, why) => {
  const { write } = await makeLibrary(files);
  await expect(write()).rejects.toThrow(why);
});

it('what was locked by hand and cannot go into the library is refused all the same', async () => {
  const content = 'exit 0\n';
  const sha256 = createHash('sha256').update(content).digest('hex');
  const lock = { 'hello copy.sh': { path: 'hello copy.sh', sha256, ...TEXTS } };
  const folder = makeFolder({ 'hello copy.sh': content, 'lock.json': JSON.stringify(lock) });
  await expect(readLibrary(pathToFileURL(`${folder}/`))).rejects.toThrow(/cannot go into the tenant's library/);
});
