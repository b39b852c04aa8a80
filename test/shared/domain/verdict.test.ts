import { describe, expect, test } from 'vitest';
import type { Session } from '../../../shared/domain/command.ts';
import type { EvidenceItem, Result, ScriptReport } from '../../../shared/domain/result.ts';
import { compareWithMachine, judgeResult } from '../../../shared/domain/verdict.ts';
import { ARCHIVE, REPORT, TRANSCRIPT } from './package-record-fixture.ts';

const REPORTED = 'c'.repeat(64);
const OTHER = 'd'.repeat(64);

function stored(options: {
  sha256?: string;
  bytes?: number;
  inside?: { sha256: string; bytes: number } | null;
}): EvidenceItem {
  const { sha256 = '4'.repeat(64), bytes = 900, inside = null } = options;
  return {
    ...ARCHIVE,
    sha256,
    bytes,
    inside: inside === null ? null : { ...inside, sha1: '7'.repeat(40), md5: '8'.repeat(32) },
  };
}

function report(archiveSha256: string | null, archiveBytes: number | null): ScriptReport {
  return { ...REPORT, archiveSha256, archiveBytes };
}

describe('the machine against the storage', () => {
  test.each([
    [
      'the content of the gzip is what the script hashed',
      stored({ inside: { sha256: REPORTED, bytes: 1000 } }),
      report(REPORTED, 1000),
      'same',
      'content',
    ],
    [
      'the file itself is, as Defender did not wrap it',
      stored({ sha256: REPORTED, bytes: 1000 }),
      report(REPORTED, 1000),
      'same',
      'file',
    ],
    [
      'the file itself is, and it is a gzip of its own',
      stored({ sha256: REPORTED, bytes: 1000, inside: { sha256: OTHER, bytes: 5000 } }),
      report(REPORTED, 1000),
      'same',
      'file',
    ],
    [
      'the hash is the same though the length was told wrongly',
      stored({ inside: { sha256: REPORTED, bytes: 1000 } }),
      report(REPORTED, 7),
      'same',
      'content',
    ],
    [
      'the content of the gzip is another',
      stored({ inside: { sha256: OTHER, bytes: 1000 } }),
      report(REPORTED, 1000),
      'changed',
      'content',
    ],
    [
      'the content of the gzip is another, its length was not told',
      stored({ inside: { sha256: OTHER, bytes: 1000 } }),
      report(REPORTED, null),
      'changed',
      'content',
    ],
    [
      'the file of that length is another',
      stored({ sha256: OTHER, bytes: 1000 }),
      report(REPORTED, 1000),
      'changed',
      'file',
    ],
    [
      'the content was over the cap, so nothing can be said',
      stored({ sha256: OTHER, bytes: 900 }),
      report(REPORTED, 1000),
      'not comparable',
      null,
    ],
    [
      'the script hashed nothing',
      stored({ inside: { sha256: REPORTED, bytes: 1000 } }),
      report(null, null),
      'not comparable',
      null,
    ],
    ['there is no report', stored({ inside: { sha256: REPORTED, bytes: 1000 } }), null, 'not comparable', null],
  ] as const)('%s', (_, item, said, verdict, compared) => {
    const comparison = compareWithMachine(item, said);
    expect(comparison).toMatchObject({ verdict, compared });
    expect(comparison.explanation).toMatch(/reported by the machine/);
  });

  test('says by how much a file changed', () => {
    expect(
      compareWithMachine(stored({ inside: { sha256: OTHER, bytes: 12 } }), report(REPORTED, 1000)).explanation,
    ).toBe(
      'Changed against what was reported by the machine: the content of the stored gzip has another SHA-256 than the script reported, and 12 bytes instead of 1000.',
    );
  });
});

describe('which results are judged', () => {
  const path = 'C:\\evidence.zip';
  const run = { type: 'RunScript', scriptName: 'a.ps1', args: '' } as const;
  const script: Result = {
    session: 0,
    index: 0,
    command: 'RunScript',
    subject: 'a.ps1',
    failure: null,
    status: 'stored',
    item: TRANSCRIPT,
  };
  const getFile = (session: number, index: number): Result => ({
    session,
    index,
    command: 'GetFile',
    subject: path,
    failure: null,
    status: 'stored',
    item: ARCHIVE,
  });
  const made: Session = { commands: [run, { type: 'GetFile', path, madeBy: 0 }] };

  test('an archive by the script that made it', () => {
    expect(judgeResult(getFile(0, 1), [made], [script, getFile(0, 1)])?.verdict).toBe('same');
  });

  test('a file that no script made has no verdict, nor has a transcript', () => {
    const plain: Session = { commands: [run, { type: 'GetFile', path, madeBy: null }] };
    expect(judgeResult(getFile(0, 1), [plain], [script, getFile(0, 1)])).toBeNull();
    expect(judgeResult(script, [made], [script, getFile(0, 1)])).toBeNull();
  });

  test('an archive whose transcript is missing cannot be compared', () => {
    const lost: Result = {
      session: 0,
      index: 0,
      command: 'RunScript',
      subject: 'a.ps1',
      failure: 'gone',
      status: 'missing',
    };
    expect(judgeResult(getFile(0, 1), [made], [lost, getFile(0, 1)])?.verdict).toBe('not comparable');
  });

  test('an archive that was asked for again in a later session is judged by the first session’s script', () => {
    const again: Session = { commands: [{ type: 'GetFile', path, madeBy: null }] };
    const moved: Result = { session: 0, index: 1, command: 'GetFile', subject: path, failure: null, status: 'moved' };
    expect(judgeResult(getFile(1, 0), [made, again], [script, moved, getFile(1, 0)])?.verdict).toBe('same');
    const other: Session = { commands: [{ type: 'GetFile', path: 'C:\\other.txt', madeBy: null }] };
    expect(judgeResult(getFile(1, 0), [made, other], [script, moved, getFile(1, 0)])).toBeNull();
  });
});
