import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { buildLockText } from '../../local/lock-library.ts';

const library = resolve(import.meta.dirname, '../../library');
const lockSchema = z.record(
  z.string().regex(/^[A-Za-z0-9._-]+$/),
  z.strictObject({
    path: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    description: z.string().min(1),
    parametersDescription: z.string().min(1),
  }),
);

async function readScripts(): Promise<string[]> {
  const names = await readdir(library, { recursive: true });
  return names.filter((name) => /\.(sh|ps1)$/.test(name)).map((name) => name.replaceAll('\\', '/'));
}

test('lock.json is what node local/lock-library.ts writes', async () => {
  expect(await readFile(join(library, 'lock.json'), 'utf8')).toBe(await buildLockText(library));
});

test('lock.json pins every script of the library by its file name and the hash of its bytes', async () => {
  const lock = lockSchema.parse(JSON.parse(await readFile(join(library, 'lock.json'), 'utf8')));
  const expected: Record<string, { path: string; sha256: string }> = {};
  for (const path of await readScripts()) {
    const bytes = await readFile(join(library, path));
    expected[basename(path)] = { path, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  expect(lock).toMatchObject(expected);
  expect(Object.keys(lock).toSorted()).toEqual(Object.keys(expected).toSorted());
});

test('the scripts are plain ASCII with line feeds, so that no code page, checkout or upload changes them', async () => {
  for (const path of await readScripts()) {
    const text = await readFile(join(library, path), 'latin1');
    // A signature comes with line ends of its own.
    const bytes = Buffer.from(text.replace(/\r?\n# SIG # Begin signature block[\s\S]*$/, '\n'), 'latin1');
    const odd = bytes.findIndex((byte) => byte !== 0x0a && (byte < 0x20 || byte > 0x7e));
    expect({ path, odd, size: bytes.length < 20 * 1024 * 1024 }).toEqual({ path, odd: -1, size: true });
  }
});
