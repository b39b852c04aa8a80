import { describe, expect, it } from 'vitest';
import type { ScriptProof } from '../../../shared/domain/library-proof.ts';
import type { Result } from '../../../shared/domain/result.ts';
import { judgeScript, tellUnproven } from '../../../shared/domain/script-verdict.ts';
import { ARCHIVE, ARCHIVE_PATH, PLAN, REPORT, TRANSCRIPT } from './package-record-fixture.ts';

const NAME = 'Evidence-Triage.ps1';
const PINNED = 'b'.repeat(64);
const PROVEN: ScriptProof = { session: 0, name: NAME, updatedAt: null, verdict: 'proven', reason: null };
const UNPROVEN: ScriptProof = { ...PROVEN, verdict: 'unproven', reason: 'Mallory was there.' };

function resultsOf(scriptSha256?: string): readonly Result[] {
  const report = scriptSha256 === undefined ? REPORT : { ...REPORT, scriptSha256 };
  return [
    {
      ...{ session: 0, index: 0, command: 'RunScript', subject: NAME, failure: null, status: 'stored' },
      item: { ...TRANSCRIPT, report },
    },
    {
      ...{ session: 0, index: 1, command: 'GetFile', subject: ARCHIVE_PATH, failure: null, status: 'stored' },
      item: ARCHIVE,
    },
  ];
}

function judge(results: readonly Result[], scriptProofs?: readonly ScriptProof[]) {
  return results.map((result) => judgeScript(result, { plan: PLAN, results, scriptProofs }));
}

describe('the script that made an item', () => {
  it('is proven for the transcript and for the archive by the library before and after', () => {
    const explanation = 'The library held the reviewed script before and after the run.';
    const verdict = { verdict: 'proven', explanation };
    expect(judge(resultsOf(), [PROVEN])).toEqual([verdict, verdict]);
    expect(judge(resultsOf(PINNED), [PROVEN])[0]?.explanation).toMatch(/and the script says the same of itself\.$/);
  });

  it('is unproven, with the reason, when the library changed meanwhile', () => {
    const verdict = { verdict: 'unproven', explanation: 'Mallory was there.' };
    expect(judge(resultsOf(PINNED), [UNPROVEN])).toEqual([verdict, verdict]);
  });

  it('is unproven when the script says that it is another one, whatever the library shows', () => {
    for (const proofs of [[PROVEN], []]) {
      const [transcript, archive] = judge(resultsOf('f'.repeat(64)), proofs);
      expect(transcript).toEqual(archive);
      expect(transcript).toMatchObject({ verdict: 'unproven' });
      expect(transcript?.explanation).toContain('f'.repeat(64));
      expect(transcript?.explanation).toContain(PINNED);
    }
    expect(judge(resultsOf('f'.repeat(64)), [UNPROVEN])[0]?.explanation).toMatch(
      /^Mallory was there\. The script says/,
    );
  });

  it('is not checked without a list after the run', () => {
    expect(judge(resultsOf(PINNED))).toMatchObject([{ verdict: 'not checked' }, { verdict: 'not checked' }]);
    expect(judge(resultsOf(), [{ ...PROVEN, verdict: 'open' }])).toMatchObject([
      { verdict: 'not checked' },
      { verdict: 'not checked' },
    ]);
    expect(judge(resultsOf(), [{ ...UNPROVEN, session: 1 }])[0]).toMatchObject({ verdict: 'not checked' });
    expect(judge(resultsOf(), [{ ...UNPROVEN, name: 'other.ps1' }])[0]).toMatchObject({ verdict: 'not checked' });
  });

  it('rests on the files that were put there for it as well', () => {
    const [session] = PLAN.sessions;
    const commands = [{ type: 'PutFile' as const, fileName: 'tool.exe' }, ...(session?.commands ?? [])];
    const plan = { ...PLAN, sessions: [{ commands }] };
    const results = resultsOf(PINNED).slice(0, 1);
    const tool: ScriptProof = { ...PROVEN, name: 'tool.exe' };
    const verdictOf = (...scriptProofs: readonly ScriptProof[]) =>
      results.map((result) => judgeScript(result, { plan, results, scriptProofs })?.verdict);
    expect(verdictOf(PROVEN, tool)).toEqual(['proven']);
    expect(verdictOf(PROVEN, { ...tool, verdict: 'open' })).toEqual(['not checked']);
    expect(verdictOf(PROVEN, { ...tool, verdict: 'unproven', reason: 'Swapped.' })).toEqual(['unproven']);
    expect(verdictOf(PROVEN, { ...tool, session: 1, verdict: 'unproven', reason: 'Swapped.' })).toEqual(['proven']);
  });

  it('is none for a file that no script made, and for what is not stored', () => {
    const plan = {
      ...PLAN,
      sessions: [{ commands: [{ type: 'GetFile' as const, path: ARCHIVE_PATH, madeBy: null }] }],
    };
    const lone: Result = {
      ...{ session: 0, index: 0, command: 'GetFile', subject: ARCHIVE_PATH, failure: null, status: 'stored' },
      item: ARCHIVE,
    };
    expect(judgeScript(lone, { plan, results: [lone], scriptProofs: [UNPROVEN] })).toBeNull();
    const missing: Result = {
      ...{ session: 0, index: 0, command: 'RunScript', subject: NAME, failure: 'Gone.', status: 'missing' },
    };
    expect(judge([missing], [UNPROVEN])).toEqual([null]);
  });
});

it('a collection says how many of its stored results are unproven, and why', () => {
  const results = resultsOf();
  expect(tellUnproven({ plan: PLAN, results, scriptProofs: [PROVEN] })).toBeNull();
  expect(tellUnproven({ plan: PLAN, results, scriptProofs: [UNPROVEN] })).toBe(
    '2 of 2 stored results are script unproven: Mallory was there.',
  );
});
