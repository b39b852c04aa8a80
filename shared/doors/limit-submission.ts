import type { AlertReference } from '../domain/alert.ts';
import type { Caller } from '../domain/caller.ts';
import { type Choice, findChoices } from './find-choices.ts';
import type { ProblemCode } from './problem.ts';
import { problem, type Reply } from './reply.ts';

/** What a caller may send of a payload, or the problem with its code, which is what is recorded of a request that was refused. */
export type Submission =
  | { readonly submission: 'taken'; readonly references: readonly AlertReference[] }
  | { readonly submission: 'refused'; readonly code: ProblemCode; readonly reply: Reply };

/**
 * Takes from a payload what its caller may send: all from an operator; from a submitter alerts as Defender returns them,
 * on the machine that it names, up to a number a day. A payload that chooses profile or files is refused whole; of one
 * that names other machines as well, as incidents do, the rest is taken. `count` is asked only where something is.
 */
export async function limitSubmission(
  caller: Caller,
  references: readonly AlertReference[],
  count: (
    alerts: number,
  ) => Promise<{ readonly count: 'within' } | { readonly count: 'over'; readonly afterSeconds: number }>,
): Promise<Submission> {
  if (caller.standing === 'operator') return { submission: 'taken', references };
  const choices = references.map(findChoices);
  const taken = references
    .map((reference, index) => dropOtherMachine(reference, choices[index] ?? []))
    .filter((reference) => findChoices(reference).length === 0);
  const made = [...new Set(choices.flat())].sort();
  if (made.includes('profile') || made.includes('files') || taken.length === 0) {
    const why = `Whoever has the role Submit sends the alert and chooses nothing of what is collected. This chooses ${made.join(' and ')}: leave that out, or have the role Operate.`;
    return { submission: 'refused', code: 'not-allowed', reply: problem('not-allowed', why) };
  }
  const counted = await count(taken.length);
  if (counted.count === 'within') return { submission: 'taken', references: taken };
  const why =
    'Nothing of this request was taken. Send the rest after midnight UTC, have the role Operate, or raise SUBMIT_DAILY_LIMIT if these alerts are meant.';
  const retryAfter = { 'retry-after': String(counted.afterSeconds) };
  return { submission: 'refused', code: 'too-many-today', reply: problem('too-many-today', why, retryAfter) };
}

/** The alert alone, on the machine that is named if it is Defender's own: another one is then found out when it is looked up. */
function dropOtherMachine(reference: AlertReference, choices: readonly Choice[]): AlertReference {
  if (choices.join() !== 'another machine of the alert') return reference;
  const { asked: _, ...alert } = reference;
  return alert;
}
