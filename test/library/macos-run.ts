import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { processesIn, removeAll, runScript, sha256, unpack } from './linux-machine.ts';
import { macosStubs, macosTools } from './macos-stubs.ts';
import { encodeRequest, encodeText, folderOf, newCollection } from './script-contract.ts';
import { copyWithStubs } from './script-stubs.ts';

const timeout = 240_000;
// A Mac is not to be had here: these run the real script against commands that take the options of macOS and no others.
/**
 * The tests of the scripts in a shell, on what looks like macOS with files of these names; `spared` is a part of the triage that
 * is left out, as it goes through all of a machine's temporary folders.
 */
export function describeMacRun(
  shell: string,
  names: readonly string[],
  spared: 'nothing' | 'collect_recent_files',
): void {
  describe.concurrent(`on what looks like macOS, in ${shell}`, () => {
    runAndLook(shell, names, spared);
  });
}

function runAndLook(shell: string, names: readonly string[], spared: string): void {
  test('the triage answers, collects hostile names unchanged, and leaves only its archive', { timeout }, async ({
    onTestFinished,
  }) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'mac-'));
    const files = await mkdtemp(join(tmpdir(), 'mac-files-'));
    onTestFinished(() => removeAll([folder, files, folderOf(collection)]));
    for (const [index, name] of names.entries()) await writeFile(join(files, name), `content ${index}`);
    execFileSync('mkfifo', [join(folder, 'fifo')]);
    await symlink('/etc/passwd', join(folder, 'link'));
    await writeFile(join(folder, 'sparse'), '');
    await truncate(join(folder, 'sparse'), 60 * 1024 * 1024);
    const odd = ['fifo', 'link', 'sparse', 'absent'].map((name) => join(folder, name));
    const paths = [...names.map((name) => join(files, name)), ...odd];
    const script = await copyWithStubs('evidence-triage-macos.sh', folder, macosStubs, macosTools);
    await writeFile(script, (await readFile(script, 'utf8')).replace(`\n  ${spared}\n`, '\n'));
    const ask = { collection, files: paths.map((path) => ({ path })), options: ['infostealer', 'web-shell'] };
    const { run, answer } = await runScript(shell, [encodeRequest(ask)], { script });

    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    expect(answer).toMatchObject({ ok: true, reason: null, machine: { bootAt: '2026-11-21T09:54:00Z' } });
    expect(answer.files.slice(0, names.length)).toEqual(
      names.map((name, index) => ({
        path: encodeText(join(files, name)),
        status: 'collected',
        verdict: 'not comparable',
        sha256: sha256(`content ${index}`),
        bytes: `content ${index}`.length,
      })),
    );
    expect(answer.files.slice(names.length)).toMatchObject([
      { status: 'not a regular file', sha256: null },
      { status: 'not a regular file', sha256: null },
      { status: 'too large', sha256: sha256(Buffer.alloc(60 * 1024 * 1024)) },
      { status: 'absent', verdict: 'gone' },
    ]);
    expect((await readdir(files)).toSorted()).toEqual([...names].toSorted());
    expect(await readdir(folderOf(collection))).toEqual(['evidence.tar.gz']);
    expect((await stat(folderOf(collection))).mode & 0o777).toBe(0o700);
    expect(await processesIn(folderOf(collection))).toEqual([]);

    const {
      index,
      files: packed,
      folder: unpacked,
    } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    for (const row of index.rows) {
      if (row.stored !== null) expect(packed.get(row.stored)).toEqual({ sha256: row.sha256, bytes: row.bytes });
      if (row.stored === null && row.status !== 'absent') expect(row.reason).not.toBeNull();
    }
    const find = (start: string) => index.rows.find((row) => row.source.startsWith(start));
    // What macOS does not show without Full Disk Access; what hangs; what this Mac does not have; an option of another system.
    expect(find('/Library/Application Support/com.apple.TCC/TCC.db')).toMatchObject({
      status: 'unreadable',
      reason: expect.stringContaining('Full Disk Access'),
    });
    expect(find('scutil --dns')).toMatchObject({ status: 'truncated', reason: 'Stopped after 10 s.' });
    expect(find('profiles list')).toMatchObject({ status: 'absent', reason: 'This machine has no profiles.' });
    expect(find('web-shell')).toMatchObject({ category: 'option', status: 'skipped' });
    for (const source of [
      'log show --last 24h',
      'launchctl print',
      'sfltool dumpbtm',
      'systemextensionsctl',
      'lsof -nP -i',
      'ioreg -p IOUSB',
    ]) {
      expect({ source, row: find(source) }).toMatchObject({ source, row: { status: 'collected' } });
    }
    const sections = [
      'system',
      'process',
      'network',
      'firewall',
      'session',
      'driver',
      'mount',
      'schedule',
      'autostart',
      'user',
    ];
    for (const category of [...sections, 'history', 'log', 'defender', 'software', 'share', 'file listing']) {
      expect(index.rows.map((row) => row.category)).toContain(category);
    }
    const processes = find('ps -axww');
    expect(await readFile(join(unpacked, processes?.stored ?? ''), 'latin1')).toContain(` ${process.pid} `);
  });

  test('the alerted files come without /proc, and a row says what cannot be had', { timeout }, async ({
    onTestFinished,
  }) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'mac-'));
    onTestFinished(() => removeAll([folder, folderOf(collection)]));
    await writeFile(join(folder, 'it"s $(here)'), 'content');
    const script = await copyWithStubs('evidence-alerted-files.sh', folder, macosStubs, macosTools);
    const asked = [
      { path: join(folder, 'it"s $(here)'), sha256: sha256('content') },
      { path: join(folder, 'absent'), sha256: 'a'.repeat(64) },
    ];
    const { answer } = await runScript(shell, [encodeRequest({ collection, files: asked })], { script });
    expect(answer.files).toMatchObject([
      { status: 'collected', verdict: 'same', sha256: sha256('content') },
      { status: 'absent', verdict: 'gone' },
    ]);
    const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
    expect(index.rows.find((row) => row.source === 'running executables')?.reason).toMatch(/no \/proc/);
  });
}
