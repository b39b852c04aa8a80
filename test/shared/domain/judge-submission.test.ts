import { describe, expect, it } from 'vitest';
import { judgeSubmission } from '../../../shared/domain/judge-submission.ts';

const now = '2026-11-20T08:00:00.000Z';
const submitter = { id: 'key', standing: 'submitter' } as const;

describe('an alert that a submitter sent', () => {
  it.each([
    ['of today', '2026-11-20T07:00:00Z'],
    ['of seven days ago', '2026-11-13T08:00:00.000Z'],
    ['of tomorrow, as clocks differ', '2026-11-21T07:00:00Z'],
  ])('%s is collected', (_, createdAt) => {
    expect(judgeSubmission(submitter, createdAt, now)).toBeNull();
  });

  it.each([
    ['older than seven days', '2026-11-13T07:59:59.999Z', /raised at 2026-11-13.*seven days.*operator/],
    ['of an unknown time', null, /does not say when/],
    ['of a time that is none', 'yesterday', /does not say when/],
  ])('%s is not', (_, createdAt, why) => {
    expect(judgeSubmission(submitter, createdAt, now)).toMatch(why);
  });

  it('is collected whatever its age when an operator, an event or the timer brought it', () => {
    expect(judgeSubmission({ id: 'x', standing: 'operator' }, '2020-01-01T00:00:00Z', now)).toBeNull();
    expect(judgeSubmission(undefined, null, now)).toBeNull();
  });
});
