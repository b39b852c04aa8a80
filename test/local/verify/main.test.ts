import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { buildPackage } from './build-package.ts';

const MAIN = resolve(import.meta.dirname, '../../../local/verify/main.ts');

function verify(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

test('an intact package is told in one line, with exit code 0', () => {
  expect(verify(buildPackage())).toEqual({
    status: 0,
    stdout: 'Intact: 10 files and 11 custody entries agree. The signature was not checked.\n',
    stderr: '',
  });
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

test.each([[[]], [['one', 'two']], [['/no/such/folder']], [[MAIN]]])(
  'wrong use %j is told with exit code 2',
  (args) => {
    const { status, stdout, stderr } = verify(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('Usage: npm run verify -- <folder>');
  },
);
