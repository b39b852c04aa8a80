import { describe, expect, it } from 'vitest';
import type { LibraryFile } from '../../../shared/domain/library-file.ts';
import {
  checkLibraryFile,
  LARGEST_BYTES,
  planLibrary,
  type WantedScript,
} from '../../../shared/domain/library-plan.ts';

const SCRIPT: WantedScript = { name: 'evidence-triage.sh', sha256: 'b'.repeat(64), bytes: 10 };

function file(changes: Partial<LibraryFile> = {}): LibraryFile {
  return {
    fileName: SCRIPT.name,
    sha256: SCRIPT.sha256,
    createdBy: 'mallory',
    lastUpdatedAt: '2026-11-20T07:00:00Z',
    ...changes,
  };
}

function plan(listed: readonly LibraryFile[], replace: readonly string[] = [], script = SCRIPT) {
  return planLibrary([script], listed, new Set(replace)).map(({ name, state, act }) => `${name} ${state} ${act}`);
}

describe('what is to be done about the library', () => {
  const other = { sha256: 'c'.repeat(64) };
  it.each([
    ['a script that is missing is uploaded', [], [], ['evidence-triage.sh new upload']],
    ['the same is left', [file()], [], ['evidence-triage.sh same leave']],
    ['the same is left, though it is named', [file()], [SCRIPT.name], ['evidence-triage.sh same leave']],
    ['a different one is refused', [file(other)], [], ['evidence-triage.sh different refuse']],
    [
      'a different one that is named is replaced',
      [file(other)],
      [SCRIPT.name],
      ['evidence-triage.sh different replace'],
    ],
    ['one is replaced only by its own name', [file(other)], ['other.sh'], ['evidence-triage.sh different refuse']],
    [
      'one whose name differs in capitals is not replaced',
      [file({ fileName: 'Evidence-Triage.sh' })],
      [SCRIPT.name],
      ['evidence-triage.sh different refuse'],
    ],
    [
      'foreign files are left, though they are named',
      [file(), file({ fileName: 'memdump.exe' })],
      ['memdump.exe'],
      ['evidence-triage.sh same leave', 'memdump.exe foreign leave'],
    ],
  ] as const)('%s', (_, listed, replace, steps) => {
    expect(plan(listed, replace)).toEqual(steps);
  });

  it('who changed a file and when is told, with its hash', () => {
    const [step] = planLibrary([SCRIPT], [file(other)], new Set());
    expect(step).toMatchObject({ sha256: SCRIPT.sha256, listed: { sha256: other.sha256 } });
    expect(step?.reason).toContain('put there by mallory on 2026-11-20T07:00:00Z');
  });

  it.each([
    ['a name with a space', { name: 'hello copy.sh' }],
    ['more than 20 MB', { bytes: LARGEST_BYTES + 1 }],
  ])('a script that the library would not take is refused before anything is sent: %s', (_, changes) => {
    const script = { ...SCRIPT, ...changes };
    expect(plan([], [], script)).toEqual([`${script.name} unusable refuse`]);
    expect(plan([file({ fileName: script.name, sha256: 'c'.repeat(64) })], [script.name], script)).toEqual([
      `${script.name} unusable refuse`,
    ]);
  });
});

it.each([
  ['a.sh', 0, null],
  ['_-a.1', LARGEST_BYTES, null],
  [`${'a'.repeat(125)}.sh`, 1, null],
  [`${'a'.repeat(126)}.sh`, 1, 'at most 128'],
  ['.a.sh', 1, 'begin with a dot'],
  ['../a.sh', 1, 'letters, digits'],
  ['ä.sh', 1, 'letters, digits'],
  ['a.sh\n', 1, 'letters, digits'],
  ['', 1, 'letters, digits'],
  ['a.sh', LARGEST_BYTES + 1, '20 MB at most'],
] as const)('the library takes %j of %d bytes: %s', (name, bytes, fault) => {
  if (fault === null) expect(checkLibraryFile({ name, bytes })).toBeNull();
  else expect(checkLibraryFile({ name, bytes })).toContain(fault);
});
