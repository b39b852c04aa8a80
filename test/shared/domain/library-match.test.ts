import { describe, expect, it } from 'vitest';
import type { LibraryFile } from '../../../shared/domain/library-file.ts';
import { matchScript, tellChange } from '../../../shared/domain/library-match.ts';

const SCRIPT = { name: 'evidence-triage.sh', sha256: 'b'.repeat(64) };

function file(changes: Partial<LibraryFile> = {}): LibraryFile {
  return {
    fileName: SCRIPT.name,
    sha256: SCRIPT.sha256,
    createdBy: 'admin',
    lastUpdatedAt: '2026-11-20T07:00:00Z',
    ...changes,
  };
}

describe('matchScript', () => {
  it.each([
    ['its name and hash', [file()], 'same'],
    ['its hash in capitals', [file({ sha256: 'B'.repeat(64) })], 'same'],
    ['other files beside it', [file({ fileName: 'other.sh', sha256: 'c'.repeat(64) }), file()], 'same'],
    ['nothing', [], 'missing'],
    ['its hash under another name', [file({ fileName: 'other.sh' })], 'missing'],
    ['a name that only begins alike', [file({ fileName: 'evidence-triage.sh2' })], 'missing'],
    ['its name with another hash', [file({ sha256: 'c'.repeat(64) })], 'different'],
    ['its name with no hash', [file({ sha256: '' })], 'different'],
    ['its name in other letters', [file({ fileName: 'Evidence-Triage.sh' })], 'different'],
    [
      'it, and after it the same name in other letters',
      [file(), file({ fileName: 'EVIDENCE-TRIAGE.SH' })],
      'different',
    ],
    ['it twice, once with another hash', [file(), file({ sha256: 'c'.repeat(64) })], 'different'],
  ] as const)('a library that lists %s: %3$s', (_, listed, match) => {
    expect(matchScript(SCRIPT, listed).match).toBe(match);
  });
});

it.each([
  [{}, 'put there by admin on 2026-11-20T07:00:00Z'],
  [{ createdBy: null, lastUpdatedAt: null }, 'put there by somebody at an unknown time'],
  [{ createdBy: '', lastUpdatedAt: '' }, 'put there by somebody at an unknown time'],
])('who put a file there and when is told as far as it is known: %j', (changes, told) => {
  expect(tellChange(file(changes))).toBe(told);
});
