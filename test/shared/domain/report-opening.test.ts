import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { tellOpening } from '../../../shared/domain/report-opening.ts';
import type { StoredRow } from '../../../shared/domain/report-trouble.ts';
import { ARCHIVE } from './package-record-fixture.ts';

function getFile(subject: string, row: Partial<StoredRow> = {}): StoredRow {
  return {
    session: 0,
    index: 1,
    command: 'GetFile',
    subject,
    status: 'stored',
    ...ARCHIVE,
    failure: null,
    machineAgainstStorage: null,
    script: null,
    ...row,
  };
}

test.each([
  ['C:\\Windows\\Temp\\evidence.zip', '0-1-evidence.zip'],
  ['/var/tmp/x/evidence.tar.gz', '0-1-evidence.tar.gz'],
  ['manifest-sha256.txt', '0-1-manifest-sha256.txt'],
  ['C:\\a\\$(touch pwned).exe', '0-1-content'],
  ['/tmp/`touch pwned`', '0-1-content'],
  ['/tmp/a; touch pwned', '0-1-content'],
  ['/tmp/a\ntouch pwned', '0-1-content'],
  ['/tmp/-rf', '0-1-content'],
  ['/tmp/..', '0-1-content'],
  ['/tmp/', '0-1-content'],
  [`/tmp/${'a'.repeat(300)}`, '0-1-content'],
])('the command for %j makes one file beside the package', (subject, name) => {
  const around = mkdtempSync(join(tmpdir(), 'opening-'));
  onTestFinished(() => rmSync(around, { recursive: true }));
  mkdirSync(join(around, 'package/data/0-1-getfile'), { recursive: true });
  writeFileSync(join(around, 'package/data/0-1-getfile/content'), gzipSync('the evidence'));
  execFileSync('sh', ['-c', tellOpening(getFile(subject)) ?? 'false'], { cwd: join(around, 'package') });
  expect(readdirSync(around).sort()).toEqual([name, 'package']);
  expect(readdirSync(join(around, 'package'))).toEqual(['data']);
  expect(readFileSync(join(around, name), 'utf8')).toBe('the evidence');
});

test('a transcript is printed with its control characters escaped; what is no gzip is only named', () => {
  const transcript = { command: 'RunScript', path: 'data/0-0-runscript/transcript.json' } as const;
  expect(tellOpening(getFile('a.ps1', { ...transcript, inside: null }))).toBe(
    'python3 -m json.tool data/0-0-runscript/transcript.json',
  );
  expect(tellOpening(getFile('a.ps1', transcript))).toBe(
    'gunzip -c < data/0-0-runscript/transcript.json | python3 -m json.tool',
  );
  expect(tellOpening(getFile('a.exe', { inside: null }))).toBe('file data/0-1-getfile/content');
});

test('there is no command for a path that is not one of ours', () => {
  expect(tellOpening(getFile('a', { path: 'data/0-1-getfile/$(touch pwned)' }))).toBeNull();
  expect(tellOpening(getFile('a', { path: '../content' }))).toBeNull();
});
