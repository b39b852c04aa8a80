import { describe, expect, it } from 'vitest';
import type { Collection } from '../../../shared/domain/collection.ts';
import type { ScriptProof } from '../../../shared/domain/library-proof.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import { judgeRetry, planRetry } from '../../../shared/domain/plan-retry.ts';
import type { Result } from '../../../shared/domain/result.ts';
import { received } from '../state/received-sample.ts';
import { ARCHIVE, ARCHIVE_PATH, PLAN, TRANSCRIPT } from './package-record-fixture.ts';

const NAME = 'Evidence-Triage.ps1';
const FILE_PATH = 'C:\\Users\\ada\\invoice.exe';
const [SESSION = { commands: [] }] = PLAN.sessions;
const WITH_FILE: Plan = {
  ...PLAN,
  sessions: [{ commands: [...SESSION.commands, { type: 'GetFile', path: FILE_PATH, madeBy: null }] }],
};
const PROVEN: ScriptProof = { session: 0, name: NAME, updatedAt: null, verdict: 'proven', reason: null };
const SWAPPED: ScriptProof = { ...PROVEN, verdict: 'unproven', reason: 'The library was changed during the run.' };
const stored = { session: 0, failure: null, status: 'stored' } as const;
const ALL: readonly Result[] = [
  { ...stored, index: 0, command: 'RunScript', subject: NAME, item: TRANSCRIPT },
  { ...stored, index: 1, command: 'GetFile', subject: ARCHIVE_PATH, item: ARCHIVE },
  { ...stored, index: 2, command: 'GetFile', subject: FILE_PATH, item: ARCHIVE },
];

function ended(status: 'collected' | 'partial', results: readonly Result[], proof: ScriptProof): Collection {
  const { status: _, ...basis } = received;
  const ending = { status, endedAt: basis.receivedAt, sealed: null, plan: WITH_FILE } as const;
  return { ...basis, ...ending, results, scriptProofs: [proof] };
}

function kindsOf(plan: Plan): readonly string[] {
  return plan.sessions.flatMap(({ commands }) =>
    commands.map((command) => (command.type === 'GetFile' ? command.path : command.type)),
  );
}

describe('what a retry collects', () => {
  it('is the file that did not come, and nothing that did', () => {
    const [transcript, archive, file] = ALL;
    if (transcript === undefined || archive === undefined || file === undefined) throw new Error('No results.');
    const { session, index, command, subject } = file;
    const missing: Result = { session, index, command, subject, failure: 'It was locked.', status: 'missing' };
    const original = ended('partial', [transcript, archive, missing], PROVEN);
    expect(judgeRetry(original, null)).toEqual({ decision: 'retry' });
    expect(kindsOf(planRetry(WITH_FILE, original))).toEqual([FILE_PATH]);
  });

  it('is anew what a script made that is not proven, even where everything has come', () => {
    const original = ended('collected', ALL, SWAPPED);
    expect(judgeRetry(original, null)).toEqual({ decision: 'retry' });
    expect(kindsOf(planRetry(WITH_FILE, original))).toEqual(['RunScript', ARCHIVE_PATH]);
  });

  it('is nothing where everything has come from proven scripts', () => {
    expect(judgeRetry(ended('collected', ALL, PROVEN), null)).toMatchObject({ decision: 'no' });
  });
});
