import { describe, expect, it } from 'vitest';
import { printLines, printTable } from '../../../local/library/print-library.ts';
import type { Synced, SyncedFile } from '../../../shared/pipeline/sync-library.ts';

const listed = {
  fileName: 'a.sh',
  sha256: 'c'.repeat(64),
  createdBy: 'mallory',
  lastUpdatedAt: '2026-11-20T07:00:00Z',
};
const same: SyncedFile = {
  ...{ name: 'a.sh', state: 'same', act: 'leave', outcome: 'as it was', sha256: 'c'.repeat(64), listed },
  reason: 'The library holds the reviewed script.',
};
const missing: SyncedFile = {
  ...{ name: 'b.ps1', state: 'new', act: 'upload', outcome: 'planned', sha256: 'd'.repeat(64), listed: null },
  reason: 'The library has no file of this name.',
};
const foreign: SyncedFile = {
  ...{ name: '\u001b[2K\rmemdump\t\n.exe', state: 'foreign', act: 'leave', outcome: 'as it was', sha256: null },
  listed: { ...listed, sha256: '', createdBy: `\u202E${'x'.repeat(60)}`, lastUpdatedAt: null },
  reason: 'It is left alone.\nReally.',
};

function synced(...files: readonly SyncedFile[]): Extract<Synced, { outcome: 'planned' | 'applied' }> {
  const isWhole = files.every(({ state }) => state !== 'new');
  return { outcome: 'planned', files, library: isWhole ? 'holds the reviewed scripts' : 'lacks reviewed scripts' };
}

describe('for a person', () => {
  it('columns stand below each other, and what asks for attention is told below', () => {
    expect(printTable(synced(same, missing))).toEqual([
      'FILE   STATE  NOW        REVIEWED      IN THE LIBRARY  BY       CHANGED',
      'a.sh   same   as it was  cccccccccccc  cccccccccccc    mallory  2026-11-20T07:00:00Z',
      'b.ps1  new    planned    dddddddddddd  -               -        -',
      '',
      'b.ps1: The library has no file of this name.',
      'Nothing was done. With --apply, one file is uploaded.',
    ]);
    expect(printTable(synced(same)).at(-1)).toBe('The library holds every reviewed script.');
    expect(printTable({ ...synced(missing), outcome: 'applied' }).at(-1)).toBe(
      'The library does not hold every reviewed script.',
    );
  });

  it('no name moves the cursor, breaks the line or widens the table', () => {
    const lines = printTable(synced(same, foreign));
    expect(lines).toHaveLength(5);
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
  });
});

describe('for a program', () => {
  it('each file is one line of eight fields, hashes in full', () => {
    const lines = printLines(synced(same, missing, foreign));
    expect(lines.map((line) => line.split('\t').length)).toEqual([8, 8, 8]);
    expect(lines.slice(0, 2)).toEqual([
      `a.sh\tsame\tas it was\t${'c'.repeat(64)}\t${'c'.repeat(64)}\tmallory\t2026-11-20T07:00:00Z\tThe library holds the reviewed script.`,
      `b.ps1\tnew\tplanned\t${'d'.repeat(64)}\t-\t-\t-\tThe library has no file of this name.`,
    ]);
    expect(lines[2]).toMatch(/^[^\p{Cc}]+(\t[^\p{Cc}]+){7}$/u);
  });
});
