import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from './linux-machine.ts';
import { type Answer, encodeRequest, encodeText, newCollection, readIndex } from './script-contract.ts';
import { folderOnWindows, runOnWindows, windowsScript } from './windows-machine.ts';

const script = windowsScript('triage');
const run = (argument: string) => runOnWindows(script, argument);

// Runs only as an elevated administrator on Windows PowerShell 5.1, as a Windows build agent has it. Skipped elsewhere
// since 2026-11-21: there is no Windows PowerShell for another system.
describe.runIf(process.platform === 'win32')('the Windows script', () => {
  const collection = newCollection();
  const folder = folderOnWindows(collection);
  const archive = `${folder}\\evidence.zip`;
  const names = [
    'plain.txt',
    'two words.txt',
    "single'quote.txt",
    '$(calc).txt',
    '`n.txt',
    '[a-z].txt',
    '\u202egnp.txt',
    '\u65e5\u672c.txt',
  ];
  let files: string;
  let unpacked: string;
  let answer: Answer;

  beforeAll(() => {
    files = mkdtempSync(join(tmpdir(), 'hostile-'));
    unpacked = mkdtempSync(join(tmpdir(), 'unpacked-'));
    for (const name of names) writeFileSync(join(files, name), `content of ${name}`);
    const paths = [
      ...names.map((name) => join(files, name)),
      files,
      join(files, 'absent'),
      'C:\\Windows\\Temp\\NUL',
      'relative',
      `${join(files, 'plain.txt')}:stream`,
      '\\\\server\\share\\file',
    ];
    ({ answer } = run(encodeRequest({ collection, archive, files: paths.map((path) => ({ path })) })));
    execFileSync('C:\\Windows\\System32\\tar.exe', ['-xf', archive, '-C', unpacked]);
  });

  afterAll(() => {
    for (const path of [folder, files, unpacked]) rmSync(path, { recursive: true, force: true });
  });

  test('answers with the archive it left, alone in its folder', () => {
    const bytes = readFileSync(archive);
    expect(answer).toMatchObject({ ok: true, reason: null, script: { sha256: sha256(readFileSync(script)) } });
    expect(answer.archive).toEqual({ path: archive, bytes: bytes.length, sha256: sha256(bytes) });
    expect(readdirSync(folder)).toEqual(['evidence.zip']);
  });

  test('collects what was asked for, and says of the rest why not', () => {
    expect(answer.files.map((file) => file.status)).toEqual([
      ...names.map(() => 'collected'),
      'not a regular file',
      'absent',
      'not a regular file',
      'skipped',
      'skipped',
      'skipped',
    ]);
    for (const [index, name] of names.entries()) {
      expect(answer.files[index]).toMatchObject({
        path: encodeText(join(files, name)),
        sha256: sha256(`content of ${name}`),
      });
      expect(readFileSync(join(unpacked, 'files', String(index)), 'utf8')).toBe(`content of ${name}`);
    }
  });

  test('every row with a stored file has its bytes and its hash; no part of the script failed', () => {
    const index = readIndex(readFileSync(join(unpacked, 'index.json'), 'utf8'));
    for (const row of index.rows) {
      if (row.stored === null) continue;
      const bytes = readFileSync(join(unpacked, row.stored));
      expect({ id: row.id, bytes: row.bytes, sha256: row.sha256 }).toEqual({
        id: row.id,
        bytes: bytes.length,
        sha256: sha256(bytes),
      });
    }
    expect(index.rows.filter((row) => row.source === 'script')).toEqual([]);
  });

  test.each([
    { why: 'not base64url', argument: 'not base64url', reason: /not base64url/ },
    {
      why: 'an archive elsewhere',
      argument: encodeRequest({ archive: 'C:\\Windows\\System32\\evidence.zip' }),
      reason: /only place allowed/,
    },
    { why: 'a folder that exists', argument: encodeRequest({ collection, archive }), reason: /exists already/ },
  ])('refuses $why', ({ argument, reason }) => {
    const refused = run(argument);
    expect(refused).toMatchObject({ exitCode: 0, answer: { ok: false, archive: null } });
    expect(refused.answer.reason).toMatch(reason);
  });
});
