import type { Caller } from '../domain/caller.ts';
import { findChoices } from './find-choices.ts';
import type { ProblemCode } from './problem.ts';
import { problem, type Reply } from './reply.ts';

/** A problem with its code, which is what is recorded of a request that was refused. */
export interface Refusal {
  readonly code: ProblemCode;
  readonly reply: Reply;
}

/** Why a caller may not send that payload or so many alerts, null where it may. `count` is asked only if the payload is one it may send. */
export async function limitSubmission(
  caller: Caller,
  payload: unknown,
  count: () => Promise<{ readonly count: 'within' } | { readonly count: 'over'; readonly afterSeconds: number }>,
): Promise<Refusal | null> {
  if (caller.standing === 'operator') return null;
  const choices = findChoices(payload);
  if (choices.choices === 'made') {
    const names = choices.names.join(' and ');
    const why = `Whoever has the role Submit sends the alert and chooses nothing of what is collected. Leave ${names} out, or have the role Operate.`;
    return { code: 'not-allowed', reply: problem('not-allowed', why) };
  }
  const counted = await count();
  if (counted.count === 'within') return null;
  const why =
    'Nothing of this request was taken. Send the rest after midnight UTC, have the role Operate, or raise SUBMIT_DAILY_LIMIT if these alerts are meant.';
  const retryAfter = { 'retry-after': String(counted.afterSeconds) };
  return { code: 'too-many-today', reply: problem('too-many-today', why, retryAfter) };
}
