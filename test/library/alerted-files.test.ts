import { execFileSync, spawn } from 'node:child_process';
import { copyFile, lstat, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hostileNames } from './hostile-names.ts';
import { removeAll, runScript, sha256, unixLibrary, unpack } from './linux-machine.ts';
import { type AskedFile, encodeRequest, encodeText, folderOf, newCollection } from './script-contract.ts';

const script = join(unixLibrary, 'evidence-alerted-files.sh');
const timeout = 300_000;
type WhenDone = (act: () => Promise<void>) => void;

async function collect(shell: string, files: AskedFile[], whenDone: WhenDone, limitBytes = 52_428_800) {
  const collection = newCollection();
  whenDone(() => removeAll([folderOf(collection)]));
  const { run, answer } = await runScript(shell, [encodeRequest({ collection, files, limitBytes })], { script });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
  const { index, files: packed, folder } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, whenDone);
  for (const row of index.rows) {
    if (row.stored !== null) expect(packed.get(row.stored)).toEqual({ sha256: row.sha256, bytes: row.bytes });
  }
  expect(new Set(index.rows.flatMap((row) => row.stored ?? []))).toEqual(new Set(packed.keys()));
  return { answer, rows: index.rows, folder };
}

async function newFolder(whenDone: WhenDone): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'alerted-'));
  whenDone(() => removeAll([folder]));
  return folder;
}

/** Starts a program that waits until the test is done. */
async function runProgram(program: string, whenDone: WhenDone): Promise<void> {
  const child = spawn(program, ['300'], { stdio: 'ignore' });
  await new Promise((done, fail) => {
    child.once('spawn', done);
    child.once('error', fail);
  });
  whenDone(async () => {
    child.kill('SIGKILL');
  });
}

const sleepProgram = execFileSync('sh', ['-c', 'readlink -f "$(command -v sleep)"'], { encoding: 'utf8' }).trim();

describe.concurrent.each(['bash', 'dash'])('the alerted files, in %s', (shell) => {
  test('hostile names come back unchanged, with a verdict each', { timeout }, async ({ onTestFinished }) => {
    const folder = await newFolder(onTestFinished);
    const asked: AskedFile[] = [];
    // Others than those that linux-script.test.ts asks for; all of them go through corpus.long.test.ts.
    const names = hostileNames.filter((name, index) => name.length < 100 && index % 3 === (shell === 'bash' ? 1 : 2));
    for (const [index, name] of names.entries()) {
      await writeFile(join(folder, name), `content ${index}`);
      const alerted = index % 3 === 0 ? sha256(`content ${index}`) : index % 3 === 1 ? 'a'.repeat(64) : '';
      asked.push({ path: join(folder, name), sha256: alerted });
    }
    const { answer, folder: unpacked } = await collect(shell, asked, onTestFinished);
    expect(answer.files).toEqual(
      names.map((name, index) => ({
        path: encodeText(join(folder, name)),
        status: 'collected',
        verdict: ['same', 'changed', 'not comparable'][index % 3],
        sha256: sha256(`content ${index}`),
        bytes: `content ${index}`.length,
      })),
    );
    for (const index of names.keys())
      expect(await readFile(join(unpacked, 'files', String(index)), 'utf8')).toBe(`content ${index}`);
    expect((await readdir(folder)).toSorted()).toEqual([...names].toSorted());
  });

  test('what was removed is read from the process that runs it: by its path, and by its hash', { timeout }, async ({
    onTestFinished,
  }) => {
    const folder = await newFolder(onTestFinished);
    // A trailing byte makes each of them another file; the kernel does not mind it.
    const original = await readFile(sleepProgram);
    const [byPath, byHash] = ['removed\n$(id) "', 'renamed, then removed'].map((name) => join(folder, name));
    // Those of the other shell, which runs beside this one, are others again: by its hash a file is found in any process.
    const contents = ['1', '2'].map((mark) => Buffer.concat([original, Buffer.from(`${shell} ${mark}`)]));
    for (const [index, path] of [byPath, byHash].entries()) {
      await copyFile(sleepProgram, path ?? '');
      await writeFile(path ?? '', contents[index] ?? '');
      await runProgram(path ?? '', onTestFinished);
      await rm(path ?? '');
    }
    const { answer, rows } = await collect(
      shell,
      [
        { path: byPath ?? '' },
        { path: join(folder, 'elsewhere'), sha256: sha256(contents[1] ?? '') },
        { path: '', sha256: sha256(contents[1] ?? '') },
        { path: join(folder, 'never there'), sha256: 'b'.repeat(64) },
      ],
      onTestFinished,
    );
    expect(answer.files.map(({ status, verdict, sha256: sum }) => ({ status, verdict, sum }))).toEqual([
      { status: 'collected', verdict: 'not comparable', sum: sha256(contents[0] ?? '') },
      { status: 'collected', verdict: 'same', sum: sha256(contents[1] ?? '') },
      { status: 'collected', verdict: 'same', sum: sha256(contents[1] ?? '') },
      { status: 'absent', verdict: 'gone', sum: null },
    ]);
    expect(rows.find((row) => row.request?.index === 0)?.reason).toMatch(
      /^Read from process \d+, which has it in use\.$/,
    );
  });

  test('a file that was replaced is said to be changed, and what the alert saw comes from the process', {
    timeout,
  }, async ({ onTestFinished }) => {
    const folder = await newFolder(onTestFinished);
    const path = join(folder, 'program');
    const content = Buffer.concat([await readFile(sleepProgram), Buffer.from('3')]);
    await copyFile(sleepProgram, path);
    await writeFile(path, content);
    await runProgram(path, onTestFinished);
    await rm(path);
    await writeFile(path, 'harmless');
    const { answer, rows } = await collect(shell, [{ path, sha256: sha256(content) }], onTestFinished);
    expect(answer.files).toMatchObject([{ status: 'collected', verdict: 'changed', sha256: sha256('harmless') }]);
    const original = rows.filter((row) => row.request?.index === 0 && row.stored !== 'files/0');
    expect(original).toMatchObject([{ sha256: sha256(content), status: 'collected', request: { verdict: 'same' } }]);
  });

  test('of what is too large: its hash, its first and its last bytes', { timeout }, async ({ onTestFinished }) => {
    const folder = await newFolder(onTestFinished);
    const block = 1_048_576;
    const content = Buffer.concat([Buffer.alloc(block, 'a'), Buffer.alloc(9 * block, 'b'), Buffer.alloc(block, 'c')]);
    await writeFile(join(folder, 'large'), content);
    const asked = [{ path: join(folder, 'large'), sha256: sha256(content) }];
    const { answer, rows } = await collect(shell, asked, onTestFinished, 8 * block);
    expect(answer.files).toMatchObject([
      { status: 'too large', verdict: 'too large', sha256: sha256(content), bytes: content.length },
    ]);
    const ends = rows.filter((row) => row.category === 'alert file' && row.status === 'truncated');
    expect(ends.map((row) => ({ sum: row.sha256, reason: row.reason }))).toEqual([
      { sum: sha256(Buffer.alloc(block, 'a')), reason: `The first ${block} of ${content.length} bytes.` },
      { sum: sha256(Buffer.alloc(block, 'c')), reason: `The last ${block} of ${content.length} bytes.` },
    ]);
  });

  test('links, FIFOs, directories and devices are not followed and not waited for', { timeout }, async ({
    onTestFinished,
  }) => {
    const folder = await newFolder(onTestFinished);
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    await symlink('/etc/shadow', join(folder, 'link'));
    const asked = [join(folder, 'fifo'), join(folder, 'link'), folder, '/dev/zero', '/proc/self/environ'];
    const { answer, rows } = await collect(
      shell,
      asked.map((path) => ({ path })),
      onTestFinished,
    );
    expect(answer.files.map(({ status, sha256: sum }) => ({ status, sum }))).toEqual(
      asked.map(() => ({ status: 'not a regular file', sum: null })),
    );
    expect(rows.filter((row) => row.category === 'alert file' && row.stored !== null)).toEqual([]);
  });

  test('without mdatp a row says so', { timeout }, async ({ onTestFinished }) => {
    const { rows } = await collect(shell, [{ path: '/nowhere' }], onTestFinished);
    expect(rows.find((row) => row.category === 'defender')).toMatchObject({
      status: 'absent',
      reason: 'This machine has no mdatp.',
    });
    await expect(lstat('/nowhere')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
