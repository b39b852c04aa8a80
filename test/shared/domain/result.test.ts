import { describe, expect, it } from 'vitest';
import { countMissing, judgeResults, type Result, type ScriptReport } from '../../../shared/domain/result.ts';

const sound: ScriptReport = { exitCode: 0, answer: 'ok', reason: null, archiveSha256: null, archiveBytes: null };
const basis = { session: 0, command: 'RunScript' as const, subject: 'evidence-triage.sh', failure: null };

function stored(index: number, report: ScriptReport | null = sound, failure: string | null = null): Result {
  const hashes = { sha256: 'a'.repeat(64), sha1: 'a'.repeat(40), md5: 'a'.repeat(32) };
  const item = {
    path: `data/0-${index}-runscript/transcript.json`,
    bytes: 1,
    ...hashes,
    inside: null,
    report,
    storedAt: '2026-11-20T08:00:00.000Z',
  };
  return { ...basis, index, failure, status: 'stored', item };
}
const missing = (index: number): Result => ({ ...basis, index, failure: 'Not found.', status: 'missing' });
const moved = (index: number): Result => ({ ...basis, index, status: 'moved' });

describe('judgeResults', () => {
  it.each<readonly [string, readonly Result[], string]>([
    ['every result is stored', [stored(0), stored(1)], 'collected'],
    [
      'a transcript says nothing of an exit code or an answer',
      [stored(0, { ...sound, exitCode: null, answer: 'none' })],
      'collected',
    ],
    ['what was moved is stored elsewhere', [moved(0), stored(1)], 'collected'],
    ['one is missing', [stored(0), missing(1)], 'partial'],
    ['a script left another exit code than 0', [stored(0, { ...sound, exitCode: 1 })], 'partial'],
    ['a script says that it did not work', [stored(0, { ...sound, answer: 'not ok' })], 'partial'],
    ['a command failed and left its output', [stored(0, sound, 'Exit code 1.')], 'partial'],
    ['none is stored', [missing(0), missing(1)], 'failed'],
    ['there was nothing to store', [], 'failed'],
  ])('%s', (_, results, outcome) => {
    expect(judgeResults(results)).toBe(outcome);
  });
});

describe('countMissing', () => {
  it.each<readonly [readonly Result[], RegExp]>([
    [[stored(0), missing(1)], /^1 of 2 results is missing; RunScript evidence-triage\.sh: Not found\.$/],
    [[missing(0), missing(1), moved(2)], /^2 of 2 results are missing;/],
    [[stored(0, { ...sound, exitCode: 1 })], /script says that it did not work/],
  ])('is a sentence', (results, sentence) => {
    expect(countMissing(results)).toMatch(sentence);
  });
});
