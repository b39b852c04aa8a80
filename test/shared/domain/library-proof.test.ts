import { describe, expect, it } from 'vitest';
import type { LibraryFile } from '../../../shared/domain/library-file.ts';
import {
  findChange,
  findNothing,
  findProofs,
  openProofs,
  type ScriptProof,
  sessionsToProve,
  settleProofs,
} from '../../../shared/domain/library-proof.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Result } from '../../../shared/domain/result.ts';

const NAME = 'evidence-triage.sh';
const BEFORE = '2026-11-20T07:00:00Z';
const SINCE = '2026-11-20T09:00:00Z';

const plan: Plan = {
  profileId: 'linux-triage',
  profileTitle: 'Linux triage',
  profileSha256: 'a'.repeat(64),
  scripts: [
    { name: NAME, sha256: 'b'.repeat(64) },
    { name: 'second.sh', sha256: 'c'.repeat(64) },
  ],
  sessions: [
    { commands: [{ type: 'RunScript', scriptName: NAME, args: 'e30' }] },
    {
      commands: [
        { type: 'RunScript', scriptName: 'second.sh', args: 'e30' },
        { type: 'GetFile', path: '/x', madeBy: 0 },
      ],
    },
  ],
  filesNotRequested: 0,
};
const LISTED = plan.scripts.map((script) => ({ ...script, updatedAt: BEFORE }));
const OPEN: ScriptProof = { session: 0, name: NAME, updatedAt: BEFORE, verdict: 'open', reason: null };

function file(changes: Partial<LibraryFile> = {}): LibraryFile {
  return { fileName: NAME, sha256: 'b'.repeat(64), createdBy: 'admin', lastUpdatedAt: BEFORE, ...changes };
}

describe('the proofs that a start opens', () => {
  it('are of the scripts that its own session runs', () => {
    expect(openProofs([], plan, 0, LISTED, 'none was lost')).toEqual([OPEN]);
    expect(openProofs([OPEN], plan, 1, LISTED, 'none was lost')).toEqual([
      OPEN,
      { session: 1, name: 'second.sh', updatedAt: BEFORE, verdict: 'open', reason: null },
    ]);
  });

  it('are of the files that it puts as well', () => {
    const put: Plan = {
      ...plan,
      sessions: [{ commands: [{ type: 'PutFile', fileName: 'second.sh' }, ...(plan.sessions[0]?.commands ?? [])] }],
    };
    expect(openProofs([], put, 0, LISTED, 'none was lost').map(({ name }) => name)).toEqual([NAME, 'second.sh']);
  });

  it('are as the library was listed last, unless an earlier attempt may still show', () => {
    const now = LISTED.map((script) => ({ ...script, updatedAt: SINCE }));
    expect(openProofs([OPEN], plan, 0, now, 'none was lost')).toEqual([{ ...OPEN, updatedAt: SINCE }]);
    expect(openProofs([OPEN], plan, 0, now, 'an attempt was lost')).toEqual([OPEN]);
  });
});

describe('what has changed since a script was listed before its start', () => {
  it.each([
    ['nothing', [file()], null],
    [
      'nothing, though its time is written in another way',
      [file({ lastUpdatedAt: '2026-11-20T07:00:00.000+00:00' })],
      null,
    ],
    ['nothing, as Defender gives no times any more', [file({ lastUpdatedAt: null })], null],
    [
      'its bytes',
      [file({ sha256: 'c'.repeat(64), createdBy: 'mallory', lastUpdatedAt: SINCE })],
      `${NAME} in the live response library is not the reviewed script any more (put there by mallory on ${SINCE})`,
    ],
    ['that it is gone', [], `${NAME} is no longer in the live response library`],
    [
      'its bytes, and back again',
      [file({ createdBy: 'mallory', lastUpdatedAt: SINCE })],
      `${NAME} in the live response library was changed since and is the reviewed script again (put there by mallory on ${SINCE})`,
    ],
  ])('%s', (_, listed, change) => {
    expect(findChange(OPEN, plan, listed)).toBe(change);
  });

  it('is not known by its time where that was not known before', () => {
    expect(findChange({ ...OPEN, updatedAt: null }, plan, [file({ lastUpdatedAt: SINCE })])).toBeNull();
  });
});

describe('after the run', () => {
  it('a script that is as it was is proven, any other is not', () => {
    expect(findProofs([OPEN], 0, plan, [file()])).toEqual([{ name: NAME, verdict: 'proven', reason: null }]);
    expect(findProofs([OPEN], 0, plan, [])).toEqual([
      {
        name: NAME,
        verdict: 'unproven',
        reason: `After the run, ${NAME} is no longer in the live response library: what was run is not proven.`,
      },
    ]);
    expect(findNothing([OPEN], 0)).toMatchObject([{ name: NAME, verdict: 'unproven' }]);
  });

  it('only the session that is asked about is settled, and a verdict stands', () => {
    const second: ScriptProof = { ...OPEN, session: 1, name: 'second.sh' };
    const proven = settleProofs([OPEN, second], 0, findProofs([OPEN, second], 0, plan, [file()]));
    expect(proven).toEqual([{ ...OPEN, verdict: 'proven' }, second]);
    expect(findProofs(proven, 0, plan, [])).toEqual([]);
    expect(settleProofs(proven, 0, findNothing([OPEN], 0))).toEqual(proven);
    expect(settleProofs([OPEN], 1, findNothing([OPEN], 0))).toEqual([OPEN]);
  });

  it('a reason stays short enough for a row', () => {
    const [settled] = settleProofs([OPEN], 0, [{ name: NAME, verdict: 'unproven', reason: 'x'.repeat(5_000) }]);
    expect(settled?.reason).toHaveLength(400);
  });

  it('what is left to prove is of sessions that left something', () => {
    const result = (session: number, status: 'stored' | 'missing' | 'moved'): Result =>
      ({ session, index: 0, command: 'RunScript', subject: NAME, failure: null, status }) as Result;
    const second: ScriptProof = { ...OPEN, session: 1 };
    const proven: ScriptProof = { ...OPEN, session: 2, verdict: 'proven' };
    const proofs = [OPEN, second, proven, { ...OPEN, name: 'second.sh' }];
    expect(sessionsToProve(proofs, [result(0, 'stored'), result(1, 'missing'), result(2, 'stored')])).toEqual([0]);
    expect(sessionsToProve(proofs, [result(1, 'moved')])).toEqual([1]);
    expect(sessionsToProve([], [result(0, 'stored')])).toEqual([]);
  });
});
