import { lchown, mkdir, mkdtemp, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findGaps } from './linux-sections.ts';
import {
  linuxScript,
  processesIn,
  removeAll,
  type Run,
  runScript,
  sha256,
  type Unpacked,
  unpack,
} from './linux-machine.ts';
import { type Answer, encodeRequest, encodeText, folderOf } from './script-contract.ts';

const runLimitMs = 300_000;
const verdictOf = (status: string): string =>
  status === 'absent' ? 'gone' : status === 'too large' ? status : 'not comparable';
const isRoot = process.getuid?.() === 0;

/** The tests of one run of the triage in a shell, on a machine with these hostile names (the first is `plain`), links, FIFOs and what is too large. */
export function describeTriageRun(shell: string, collection: string, hostileNames: readonly string[]): void {
  describe(`a run in ${shell}`, () => {
    runAndLook(shell, collection, hostileNames);
  });
}

function runAndLook(shell: string, collection: string, hostileNames: readonly string[]): void {
  const folder = folderOf(collection);
  let files: string;
  let other: string;
  let run: Run;
  let answer: Answer;
  let unpacked: Unpacked;
  const goings: (() => Promise<void>)[] = [];
  let asked: { path: string; sha256?: string }[];
  let odd: { path: string; status: string; sha256: string | null; bytes: number | null }[];

  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'h-'));
    for (const [index, name] of hostileNames.entries())
      await writeFile(join(files, name), `content ${index} of ${name}`);
    other = await mkdtemp(join(tmpdir(), 'o-'));
    execFileSync('mkfifo', [join(other, 'fifo')]);
    await mkdir(join(other, 'directory'));
    await writeFile(join(other, 'empty'), '');
    await writeFile(join(other, 'sparse'), '');
    await truncate(join(other, 'sparse'), 60 * 1024 * 1024);
    await symlink('/etc/passwd', join(other, 'link'));
    await symlink(join(other, 'loop'), join(other, 'loop'));
    await symlink(other, join(other, 'way-of-root'));
    await symlink(other, join(other, 'way-of-another'));
    if (isRoot) await lchown(join(other, 'way-of-another'), 65_534, 65_534);
    odd = [
      { path: join(other, 'fifo'), status: 'not a regular file', sha256: null, bytes: null },
      { path: join(other, 'directory'), status: 'not a regular file', sha256: null, bytes: null },
      { path: join(other, 'link'), status: 'not a regular file', sha256: null, bytes: null },
      { path: join(other, 'loop'), status: 'not a regular file', sha256: null, bytes: null },
      { path: '/dev/zero', status: 'not a regular file', sha256: null, bytes: null },
      { path: '/proc/self/environ', status: 'not a regular file', sha256: null, bytes: null },
      { path: join(other, 'absent'), status: 'absent', sha256: null, bytes: null },
      { path: join(other, 'empty', 'below'), status: 'absent', sha256: null, bytes: null },
      { path: '', status: 'skipped', sha256: null, bytes: null },
      { path: 'relative', status: 'skipped', sha256: null, bytes: null },
      { path: `${other}/../${other}/empty`, status: 'skipped', sha256: null, bytes: null },
      { path: '/etc/\u0000passwd', status: 'skipped', sha256: null, bytes: null },
      // A directory on the way that is a link: trusted if root made it.
      ...(isRoot
        ? [
            { path: join(other, 'way-of-root', 'empty'), status: 'collected', sha256: sha256(''), bytes: 0 },
            { path: join(other, 'way-of-another', 'empty'), status: 'not a regular file', sha256: null, bytes: null },
          ]
        : []),
      { path: join(other, 'empty'), status: 'collected', sha256: sha256(''), bytes: 0 },
      {
        path: join(other, 'sparse'),
        status: 'too large',
        sha256: sha256(Buffer.alloc(60 * 1024 * 1024)),
        bytes: 60 * 1024 * 1024,
      },
    ];
    asked = [...hostileNames.map((name) => ({ path: join(files, name) })), ...odd.map(({ path }) => ({ path }))];
    // The alert names a hash for one of them.
    asked[0] = { path: join(files, 'plain'), sha256: 'a'.repeat(64) };
    ({ run, answer } = await runScript(shell, [encodeRequest({ collection, files: asked })]));
    unpacked = await unpack(`${folder}/evidence.tar.gz`, (act) => goings.push(act));
  }, runLimitMs);

  afterAll(async () => {
    await removeAll([folder, files, other]);
    for (const go of goings) await go();
  });

  test('answers ok, with exit code 0, nothing on stderr and nothing outside of the markers', async () => {
    expect(answer).toMatchObject({ ok: true, reason: null });
    expect(run.exitCode).toBe(0);
    expect(run.stderr).toBe('');
    expect(run.stdout).toMatch(/^-----BEGIN EVIDENCE ANSWER-----\n[A-Za-z0-9_\n-]+\n-----END EVIDENCE ANSWER-----\n$/);
    expect(answer.script.sha256).toBe(sha256(await readFile(linuxScript)));
    expect(Date.parse(answer.endedAt)).toBeGreaterThanOrEqual(Date.parse(answer.startedAt));
  });

  test('the archive is the one asked for, and length and hash are those of the answer', async () => {
    const bytes = await readFile(`${folder}/evidence.tar.gz`);
    expect(answer.archive).toEqual({ path: `${folder}/evidence.tar.gz`, bytes: bytes.length, sha256: sha256(bytes) });
  });

  test('nothing else is left: one folder for root only, in it the archive only, no process', async () => {
    expect(await readdir(folder)).toEqual(['evidence.tar.gz']);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(`${folder}/evidence.tar.gz`)).mode & 0o777).toBe(0o600);
    expect(await processesIn(folder)).toEqual([]);
  });

  test('every row with a stored file has its bytes and its hash, and every packed file has a row', () => {
    const rows = unpacked.index.rows.filter((row) => row.stored !== null);
    expect(rows.map((row) => [row.stored, { sha256: row.sha256, bytes: row.bytes }])).toEqual(
      rows.map((row) => [row.stored, unpacked.files.get(row.stored ?? '')]),
    );
    expect(new Set(rows.map((row) => row.stored))).toEqual(new Set(unpacked.files.keys()));
    expect(answer.items).toBe(rows.length);
    expect(unpacked.index.rows.map((row) => row.id)).toEqual(unpacked.index.rows.map((_, index) => index + 1));
  });

  test('what stored nothing says why', () => {
    const silent = unpacked.index.rows.filter(
      (row) => row.stored === null && row.status !== 'absent' && (row.reason ?? '') === '',
    );
    expect(silent).toEqual([]);
  });

  test.each(hostileNames.map((name, index) => ({ name, index })))(
    'file $index, $name, is collected unchanged',
    async ({ name, index }) => {
      const content = Buffer.from(`content ${index} of ${name}`);
      expect(answer.files[index]).toEqual({
        path: encodeText(join(files, name)),
        status: 'collected',
        verdict: index === 0 ? 'changed' : 'not comparable',
        sha256: sha256(content),
        bytes: content.length,
      });
      expect(await readFile(join(unpacked.folder, 'files', String(index)))).toEqual(content);
      expect(unpacked.index.rows.find((row) => row.request?.index === index)).toMatchObject({
        category: 'alert file',
        path: encodeText(join(files, name)),
        stored: `files/${index}`,
        request: {
          index,
          sha256: index === 0 ? 'a'.repeat(64) : null,
          verdict: index === 0 ? 'changed' : 'not comparable',
        },
      });
    },
  );

  test('no name was run as a command', async () => {
    expect((await readdir(files)).toSorted()).toEqual([...hostileNames].toSorted());
  });

  test('what is not a regular file, not there, too large or not askable is said so, and nothing of it is stored', () => {
    expect(answer.files.slice(hostileNames.length)).toEqual(
      odd.map(({ path, ...rest }) => ({ path: encodeText(path), verdict: verdictOf(rest.status), ...rest })),
    );
    const stored = [...unpacked.files.keys()].filter((name) => name.startsWith('files/')).toSorted();
    const collected = answer.files.flatMap((file, index) => (file.status === 'collected' ? [`files/${index}`] : []));
    expect(stored).toEqual(collected.toSorted());
  });

  test('the index is complete: each section that is promised has its rows, or one that says why not', () => {
    expect(findGaps(unpacked.index)).toEqual([]);
  });

  test('the machine is described: processes, network, users, schedules, and never a password hash', async () => {
    const categories = new Set(unpacked.index.rows.map((row) => row.category));
    const wanted = [
      'system',
      'process',
      'network',
      'session',
      'schedule',
      'service',
      'autostart',
      'user',
      'kernel',
      'mount',
      'log',
      'package',
      'file listing',
      'defender',
    ];
    expect(wanted.filter((category) => !categories.has(category))).toEqual([]);
    expect(unpacked.index.rows.filter((row) => /shadow/.test(row.source)).map((row) => row.source)).toEqual([]);
    const passwd = unpacked.index.rows.find((row) => row.category === 'user' && row.source === '/etc/passwd');
    expect(passwd?.sha256).toBe(sha256(await readFile('/etc/passwd')));
    const cmdlines = unpacked.index.rows.find((row) => row.source === 'grep . /proc/*/cmdline');
    expect(await readFile(join(unpacked.folder, cmdlines?.stored ?? ''), 'latin1')).toContain(
      `/proc/${process.pid}/cmdline:`,
    );
  });
}
