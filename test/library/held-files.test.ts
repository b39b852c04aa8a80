import { copyFile, lstat, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { execFileSync, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeAll, runScript, sha256, unpack } from './linux-machine.ts';
import { encodeRequest, folderOf, newCollection } from './script-contract.ts';
import { copyWithStubs } from './script-stubs.ts';

const timeout = 300_000;
const sleepProgram = execFileSync('sh', ['-c', 'readlink -f "$(command -v sleep)"'], { encoding: 'utf8' }).trim();

/** Two processes of programs with this content, in a folder of the test; `copies` says whether each has a file of its own. */
async function prepare(content: Buffer, copies: number, whenDone: (act: () => Promise<void>) => void) {
  const folder = await mkdtemp(join(tmpdir(), 'held-'));
  const collection = newCollection();
  whenDone(() => removeAll([folder, folderOf(collection)]));
  const programs = Array.from({ length: 2 }, (_, index) => join(folder, `program ${index % copies}`));
  for (const program of new Set(programs)) {
    await copyFile(sleepProgram, program);
    await writeFile(program, content);
  }
  for (const program of programs) {
    const child = spawn(program, ['300'], { stdio: 'ignore' });
    await new Promise((done, fail) => {
      child.once('spawn', done);
      child.once('error', fail);
    });
    whenDone(async () => {
      child.kill('SIGKILL');
    });
  }
  for (const program of new Set(programs)) await rm(program);
  return { folder, collection, path: programs[0] ?? '' };
}

/** A command that fails the first `failures` times it is asked for the program of a process. */
function failing(command: string, failures: number, folder: string): string {
  return `case "$*" in */proc/[0-9]*/exe*)
  for failure in ${Array.from({ length: failures }, (_, index) => index).join(' ')}; do
    if mkdir '${folder}/${command}'"$failure"; then exit 1; fi
  done ;;
esac
exec /usr/bin/${command} "$@"`;
}

describe.concurrent('a file that is found in a process which cannot be read', () => {
  test.each([
    { how: 'by its hash in another process of the same file', by: 'hash', copies: 1, shell: 'bash' },
    { how: 'by its hash in a process of another copy', by: 'hash', copies: 2, shell: 'dash' },
    { how: 'by its path in another process of the same file', by: 'path', copies: 1, shell: 'dash' },
  ])('is read $how', { timeout }, async ({ how, by, copies, shell }) => {
    const goings: (() => Promise<void>)[] = [];
    try {
      const content = Buffer.concat([await readFile(sleepProgram), Buffer.from(how)]);
      const { folder, collection, path } = await prepare(content, copies, (act) => goings.push(act));
      const script = await copyWithStubs('evidence-alerted-files.sh', folder, { cat: failing('cat', 1, folder) });
      const sum = sha256(content);
      const file = by === 'hash' ? { path: '/elsewhere', sha256: sum } : { path, sha256: sum };
      const { answer } = await runScript(shell, [encodeRequest({ collection, files: [file] })], { script });
      expect((await lstat(join(folder, 'cat0'))).isDirectory()).toBe(true);
      expect(answer.files).toMatchObject([{ status: 'collected', verdict: 'same', sha256: sum }]);
      const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, (act) => goings.push(act));
      expect(index.rows.filter((row) => row.category === 'alert file')).toMatchObject([
        { stored: 'files/0', reason: expect.stringMatching(/^Read from process \d+, which has it in use\.$/) },
      ]);
    } finally {
      for (const go of goings) await go();
    }
  });

  test('is hashed in the next process of it, and said to be unreadable once none can be read', { timeout }, async ({
    onTestFinished,
  }) => {
    const content = Buffer.concat([await readFile(sleepProgram), Buffer.from('hashed in the next')]);
    const { folder, collection } = await prepare(content, 1, onTestFinished);
    // Whatever it is asked to hash at first cannot be hashed; what is read for the archive cannot be read at all.
    const stubs = { sha256sum: failing('sha256sum', 1, folder), cat: failing('cat', 9, folder) };
    const script = await copyWithStubs('evidence-alerted-files.sh', folder, stubs);
    const files = [{ path: '/elsewhere', sha256: sha256(content) }];
    const { answer } = await runScript('dash', [encodeRequest({ collection, files })], { script });
    // Both processes were asked: so the second of them was hashed although the first could not be.
    expect((await lstat(join(folder, 'cat1'))).isDirectory()).toBe(true);
    await expect(lstat(join(folder, 'cat2'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(answer.files).toMatchObject([{ status: 'unreadable', verdict: 'not comparable', sha256: null }]);
  });

  test('is not taken from a process that has another program by the time it is read', { timeout }, async ({
    onTestFinished,
  }) => {
    const content = Buffer.concat([await readFile(sleepProgram), Buffer.from('not another')]);
    const { folder, collection } = await prepare(content, 2, onTestFinished);
    const other = `case "$*" in */proc/[0-9]*/exe*) if mkdir '${folder}/cat0'; then echo another; exit 0; fi ;; esac
exec /usr/bin/cat "$@"`;
    const script = await copyWithStubs('evidence-alerted-files.sh', folder, { cat: other });
    const files = [{ path: '/elsewhere', sha256: sha256(content) }];
    const { answer } = await runScript('dash', [encodeRequest({ collection, files })], { script });
    expect((await lstat(join(folder, 'cat0'))).isDirectory()).toBe(true);
    expect(answer.files).toMatchObject([{ status: 'collected', verdict: 'same', sha256: sha256(content) }]);
  });

  test('is too large if there is no room for it', { timeout }, async ({ onTestFinished }) => {
    const content = Buffer.concat([await readFile(sleepProgram), Buffer.alloc(3_000_000, 'too large')]);
    const { folder, collection } = await prepare(content, 1, onTestFinished);
    const script = await copyWithStubs('evidence-alerted-files.sh', folder, {});
    const files = [{ path: '/elsewhere', sha256: sha256(content) }];
    const { answer } = await runScript('bash', [encodeRequest({ collection, files, limitBytes: 1_048_576 })], {
      script,
    });
    expect(answer.files).toMatchObject([{ status: 'too large', verdict: 'too large', sha256: null }]);
  });
});
