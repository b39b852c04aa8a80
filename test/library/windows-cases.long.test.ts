import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from './linux-machine.ts';
import { encodeRequest, type Index, newCollection, readIndex } from './script-contract.ts';
import { folderOnWindows, runOnWindows, windowsScript } from './windows-machine.ts';

// Runs only as an elevated administrator on Windows PowerShell 5.1, as a Windows build agent has it. Skipped elsewhere
// since 2026-11-21: there is no Windows PowerShell for another system.
describe.runIf(process.platform === 'win32')('on Windows', () => {
  const folders: string[] = [];
  let files: string;

  function fresh(): { collection: string; archive: string; folder: string } {
    const collection = newCollection();
    const folder = folderOnWindows(collection);
    folders.push(folder);
    return { collection, archive: `${folder}\\evidence.zip`, folder };
  }

  function unpack(archive: string): Index {
    const unpacked = mkdtempSync(join(tmpdir(), 'unpacked-'));
    folders.push(unpacked);
    execFileSync('C:\\Windows\\System32\\tar.exe', ['-xf', archive, '-C', unpacked]);
    return readIndex(readFileSync(join(unpacked, 'index.json'), 'utf8'));
  }

  beforeAll(() => {
    files = mkdtempSync(join(tmpdir(), 'alerted-'));
    folders.push(files);
  });

  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  });

  test('the files of an alert get their verdicts, and a renamed one is found by its hash', () => {
    const path = (name: string) => join(files, name);
    for (const name of ['same', 'changed', 'unknown', 'renamed']) writeFileSync(path(name), `content of ${name}`);
    writeFileSync(path('large'), Buffer.alloc(3 * 1024 * 1024, 'x'));
    const { collection, archive } = fresh();
    const { answer } = runOnWindows(
      windowsScript('alerted-files'),
      encodeRequest({
        collection,
        archive,
        limitBytes: 2 * 1024 * 1024,
        files: [
          { path: path('same'), sha256: sha256('content of same') },
          { path: path('changed'), sha256: sha256('what it was') },
          { path: path('unknown') },
          { path: path('gone'), sha256: sha256('content of renamed') },
          { path: path('large') },
        ],
      }),
    );
    expect(answer).toMatchObject({ ok: true, reason: null });
    expect(answer.files.map((file) => file.verdict)).toEqual([
      'same',
      'changed',
      'not comparable',
      'gone',
      'too large',
    ]);
    expect(answer.files[4]?.sha256).toBe(sha256(Buffer.alloc(3 * 1024 * 1024, 'x')));
    const { rows } = unpack(archive);
    const ofLarge = rows.filter((row) => row.request?.index === 4);
    expect(ofLarge.map((row) => row.status)).toEqual(['too large', 'truncated', 'truncated']);
    expect(rows.find((row) => row.request?.index === 3 && row.status === 'collected')?.source).toMatch(/renamed$/);
  });

  test('a file that its owner shares with nobody is read all the same', async () => {
    const path = join(files, 'locked');
    // On the disk, as a file that is locked for long is: what is read may be its clusters.
    writeFileSync(path, Buffer.alloc(200_000, 'locked'), { flush: true });
    const lock = `$f = [IO.File]::Open('${path}', 'Open', 'Read', 'None'); 'locked'; [void] [Console]::In.ReadLine()`;
    const holder = spawn('powershell.exe', ['-NoProfile', '-Command', lock], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    try {
      const { collection, archive } = fresh();
      const argument = encodeRequest({
        collection,
        archive,
        files: [{ path, sha256: sha256(Buffer.alloc(200_000, 'locked')) }],
      });
      expect(runOnWindows(windowsScript('alerted-files'), argument).answer.files[0]).toMatchObject({
        status: 'collected',
        verdict: 'same',
      });
    } finally {
      holder.stdin.end('\n');
    }
  });

  test('an option that the script does not know is a row, and no reason to do nothing', () => {
    const { collection, archive } = fresh();
    const argument = encodeRequest({ collection, archive, options: ['of-the-future'] });
    expect(runOnWindows(windowsScript('alerted-files'), argument).answer.ok).toBe(true);
    expect(unpack(archive).rows).toContainEqual(
      expect.objectContaining({ category: 'option', source: 'of-the-future', status: 'skipped' }),
    );
  });

  test('a process that runs a file of the alert is dumped with its memory', () => {
    const { collection, archive } = fresh();
    const holder = spawn('C:\\Windows\\System32\\waitfor.exe', ['/t', '300', 'nobody']);
    try {
      const argument = encodeRequest({
        collection,
        archive,
        limitBytes: 512 * 1024 * 1024,
        files: [{ path: 'C:\\Windows\\System32\\waitfor.exe' }, { path: 'C:\\Windows\\System32\\lsass.exe' }],
      });
      const { answer } = runOnWindows(windowsScript('process-memory'), argument);
      expect(answer.files.map((file) => file.status)).toEqual(['collected', 'skipped']);
    } finally {
      holder.kill();
    }
  });

  test('detached work is answered at once, harvested later, and its archive is the one that was made', () => {
    const { collection, archive, folder } = fresh();
    const files = [{ path: 'C:\\Windows\\System32\\drivers\\etc\\hosts' }];
    const argument = encodeRequest({ collection, archive, limitSeconds: 900, files, options: ['detached'] });
    const started = runOnWindows(windowsScript('alerted-files'), argument).answer;
    expect(started).toMatchObject({ ok: true, archive: null, detached: { until: expect.any(String) } });
    const harvest = windowsScript('harvest');
    const { answer } = runOnWindows(harvest, encodeRequest({ collection, session: 1, archive }));
    expect(answer).toMatchObject({ ok: true, script: { sha256: sha256(readFileSync(harvest)) } });
    expect(answer.archive?.sha256).toBe(sha256(readFileSync(archive)));
    expect(answer.files[0]?.status).toBe('collected');
    expect(readdirSync(folder).toSorted()).toEqual(['answer.json', 'evidence.zip']);
  });

  test('there is nothing to harvest where nothing was started', () => {
    const { collection, archive } = fresh();
    const { answer } = runOnWindows(windowsScript('harvest'), encodeRequest({ collection, archive }));
    expect(answer).toMatchObject({ ok: false, archive: null, reason: expect.stringMatching(/no detached work/) });
  });
});
