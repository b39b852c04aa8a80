import { execFileSync, spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeAll, runScript, sha256, unixLibrary, unpack } from './linux-machine.ts';
import { encodeRequest, folderOf, newCollection } from './script-contract.ts';

const script = join(unixLibrary, 'evidence-process-memory.sh');
const timeout = 300_000;
const isRoot = process.getuid?.() === 0;
const program = execFileSync('sh', ['-c', 'readlink -f "$(command -v awk)"'], { encoding: 'utf8' }).trim();

describe.runIf(isRoot)('memory of the processes that run a file of the alert', { concurrent: true }, () => {
  test.for([
    { shell: 'bash', by: 'path' },
    { shell: 'dash', by: 'hash' },
    { shell: 'dash', by: 'path of a removed file' },
  ])('by its $by, in $shell', { timeout }, async ({ shell, by }, { onTestFinished }) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'memory-'));
    const path = join(folder, 'run "me"\n$(id)');
    onTestFinished(() => removeAll([folder, folderOf(collection)]));
    await copyFile(program, path);
    // Words that are in memory only: the program joins them.
    const child = spawn(path, [
      'BEGIN { word = "planted" "-in-"; word = word "memory"; print word; fflush(); while (1) getline line < "/dev/stdin" }',
    ]);
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    await new Promise((done) => child.stdout.once('data', done));
    if (by === 'path of a removed file') await rm(path);
    const files = by === 'hash' ? [{ path: '', sha256: sha256(await readFile(program)) }] : [{ path }];
    const limitBytes = 20_000_000;
    const { run, answer } = await runScript(shell, [encodeRequest({ collection, files, limitBytes })], { script });
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'skipped' }] });
    const {
      index,
      files: packed,
      folder: unpacked,
    } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
    for (const row of index.rows) {
      if (row.stored !== null) expect(packed.get(row.stored)).toEqual({ sha256: row.sha256, bytes: row.bytes });
    }
    const memory = index.rows.find((row) => row.source === `/proc/${child.pid}/mem`);
    expect(memory).toMatchObject({ category: 'process memory', request: { index: 0 } });
    expect(['collected', 'truncated']).toContain(memory?.status);
    expect((await readFile(join(unpacked, memory?.stored ?? ''))).includes('planted-in-memory')).toBe(true);
    expect(memory?.bytes).toBeLessThanOrEqual(limitBytes);
    // The parts of the table lie end to end and make up what is stored.
    const table = await readFile(join(unpacked, `artifacts/${(memory?.id ?? 0) + 1}.txt`), 'utf8');
    let end = 0;
    for (const line of table.trim().split('\n').slice(1)) {
      const [offset, bytes] = line.split(' ').map(Number);
      expect(offset).toBe(end);
      end += bytes ?? 0;
    }
    expect(end).toBe(memory?.bytes);
    process.kill(child.pid ?? 0, 0);
  });

  test('our own processes are left out, and that nothing runs the file is said', { timeout }, async ({
    onTestFinished,
  }) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'memory-'));
    onTestFinished(() => removeAll([folder, folderOf(collection)]));
    const shell = join(folder, 'shell');
    await copyFile(execFileSync('sh', ['-c', 'readlink -f "$(command -v dash)"'], { encoding: 'utf8' }).trim(), shell);
    const { answer } = await runScript(shell, [encodeRequest({ collection, files: [{ path: shell }] })], { script });
    expect(answer).toMatchObject({ ok: true, items: 0 });
    const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    expect(index.rows).toMatchObject([{ status: 'absent', reason: 'No process runs a file of the alert.' }]);
  });
});
