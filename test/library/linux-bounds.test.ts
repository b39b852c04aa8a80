import { spawn } from 'node:child_process';
import { chown, lstat, mkdir, mkdtemp, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  childrenOf,
  endScript,
  processesIn,
  removeAll,
  runScript,
  sha256,
  startScript,
  unpack,
} from './linux-machine.ts';
import { encodeRequest, encodeText, folderOf, newCollection, readAnswer } from './script-contract.ts';

const limitMs = 300_000;
const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** Waits until the worker of a collection has stored something. */
async function waitForFirstRow(collection: string): Promise<void> {
  for (;;) {
    const rows = await readFile(`${folderOf(collection)}/rows`, 'latin1').catch(() => '');
    if (rows.includes('\n')) return;
    await new Promise((done) => setTimeout(done, 20));
  }
}

describe.concurrent('bounds of the Linux script', () => {
  test('the size limit holds for the archive and for each file, and what did not fit is said', {
    timeout: limitMs,
  }, async ({ onTestFinished }) => {
    const collection = newCollection();
    const files = await mkdtemp(join(tmpdir(), 'size-'));
    onTestFinished(() => removeAll([folderOf(collection), files]));
    // Bytes that do not compress.
    const content = Buffer.concat(
      Array.from({ length: 65_536 }, (_, index) => Buffer.from(sha256(String(index)), 'hex')),
    );
    await writeFile(join(files, 'large'), content);
    await writeFile(join(files, 'small'), 'small');
    const limitBytes = 1_048_576;
    // Command lines that alone would fill the archive before the alert's files have their turn.
    const talkers = Array.from({ length: 6 }, () => spawn('sh', ['-c', 'read line', 'sh', 'x'.repeat(120_000)]));
    onTestFinished(() => {
      for (const talker of talkers) talker.kill();
    });
    const ask = { collection, limitBytes, files: [{ path: join(files, 'large') }, { path: join(files, 'small') }] };
    const { answer } = await runScript('dash', [encodeRequest(ask)]);
    const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    expect(answer.files).toEqual([
      {
        path: encodeText(join(files, 'large')),
        status: 'too large',
        verdict: 'too large',
        sha256: sha256(content),
        bytes: content.length,
      },
      {
        path: encodeText(join(files, 'small')),
        status: 'collected',
        verdict: 'not comparable',
        sha256: sha256('small'),
        bytes: 5,
      },
    ]);
    expect((await lstat(`${folderOf(collection)}/evidence.tar.gz`)).size).toBeLessThanOrEqual(limitBytes);
    expect(index.rows.filter((row) => row.reason === 'The size limit was reached.')).not.toEqual([]);
    expect(answer.errors).toBeGreaterThan(0);
  });

  test('a worker that hangs costs what it had not stored, never the answer', { timeout: limitMs }, async ({
    onTestFinished,
  }) => {
    const collection = newCollection();
    onTestFinished(() => removeAll([folderOf(collection)]));
    const child = startScript('bash', [
      encodeRequest({ collection, limitSeconds: 10, files: [{ path: '/etc/hostname' }] }),
    ]);
    const ended = endScript(child);
    // As a read that never returns would: the worker is stopped before it comes to the alert's files.
    await waitForFirstRow(collection);
    const workers: number[] = [];
    for (const one of await childrenOf(child.pid ?? 0)) {
      const cmdline = await readFile(`/proc/${one}/cmdline`, 'latin1').catch(() => '');
      if (cmdline.includes('evidence-triage.sh')) workers.push(one);
    }
    expect(workers).toHaveLength(1);
    // Field 19 is its nice value (proc_pid_stat(5)): whatever the machine does comes first.
    const facts = await readFile(`/proc/${workers[0]}/stat`, 'latin1');
    expect(Number(facts.slice(facts.lastIndexOf(')') + 2).split(' ')[16])).toBeGreaterThanOrEqual(15);
    process.kill(workers[0] ?? 0, 'SIGSTOP');
    const run = await ended;
    const answer = readAnswer(run.stdout);
    const { index, files } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answer).toMatchObject({ ok: true, files: [{ status: 'skipped', sha256: null, bytes: null }] });
    expect(answer.items).toBe(index.rows.filter((row) => row.stored !== null).length);
    expect(answer.items).toBeGreaterThan(0);
    expect(new Set(files.keys())).toEqual(new Set(index.rows.flatMap((row) => row.stored ?? [])));
    expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
    expect(await processesIn(folderOf(collection))).toEqual([]);
  });

  test.each(['bash', 'dash'])(
    '%s, ended by a signal, answers and removes its folder',
    { timeout: limitMs },
    async (shell) => {
      const collection = newCollection();
      const child = startScript(shell, [encodeRequest({ collection })]);
      const ended = endScript(child);
      await waitForFirstRow(collection);
      child.kill('SIGTERM');
      const run = await ended;
      expect(readAnswer(run.stdout)).toMatchObject({ ok: false, archive: null, items: 0 });
      expect(run.exitCode).toBe(0);
      await expect(lstat(folderOf(collection))).rejects.toMatchObject({ code: 'ENOENT' });
      expect(await processesIn(folderOf(collection))).toEqual([]);
    },
  );

  test('own folders older than a day go, and no others', { timeout: limitMs }, async ({ onTestFinished }) => {
    const collection = newCollection();
    const old = new Date(Date.now() - 49 * 3_600_000);
    const stale = folderOf(newCollection(), 3);
    const fresh = folderOf(newCollection());
    const foreign = folderOf(newCollection());
    const link = folderOf(newCollection());
    const named = `/var/tmp/evidence-collector-of-mine-${newCollection()}`;
    const target = await mkdtemp(join(tmpdir(), 'stale-target-'));
    onTestFinished(() => removeAll([folderOf(collection), stale, fresh, foreign, link, named, target]));
    for (const folder of [stale, fresh, foreign, named]) await mkdir(folder, { mode: 0o700 });
    await writeFile(join(stale, 'evidence.tar.gz'), 'old');
    await symlink(target, link);
    if (isRoot) await chown(foreign, nobody, nobody);
    for (const folder of [stale, foreign, named, target]) await utimes(folder, old, old);
    // A folder that is there already: the run ends right after it has tidied up.
    await mkdir(folderOf(collection));
    await runScript('dash', [encodeRequest({ collection })]);
    await expect(lstat(stale)).rejects.toMatchObject({ code: 'ENOENT' });
    for (const folder of [fresh, link, named, target, ...(isRoot ? [foreign] : [])]) await lstat(folder);
  });
});
