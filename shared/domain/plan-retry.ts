import type { Collection } from './collection.ts';
import type { Command } from './command.ts';
import type { Plan } from './plan.ts';
import type { Result } from './result.ts';
import { judgeScriptOf } from './script-verdict.ts';

/** Whether a collection can be tried again, or why not. */
export type RetryDecision = { readonly decision: 'retry' } | { readonly decision: 'no'; readonly why: string };

/** Only what ended without everything, or by a script that is not proven, is tried again: a merged one when the collection it was merged into did. */
export function judgeRetry(collection: Collection, host: Collection | null): RetryDecision {
  switch (collection.status) {
    case 'received':
    case 'planned':
    case 'starting':
    case 'running':
    case 'copying':
    case 'sealing':
      return { decision: 'no', why: `It is still ${collection.status}; wait for its end, or cancel it first.` };
    case 'collected':
      return collection.results.some((result) => isUnproven(collection, result))
        ? { decision: 'retry' }
        : { decision: 'no', why: 'Everything that was planned has been collected.' };
    case 'partial':
    case 'failed':
    case 'cancelled':
    case 'skipped':
      return { decision: 'retry' };
    case 'merged':
      return host === null || host.status === 'partial' || host.status === 'failed' || host.status === 'cancelled'
        ? { decision: 'retry' }
        : { decision: 'no', why: `It is collected as ${collection.mergedInto}, which is ${host.status}.` };
    default: {
      const unknown: never = collection;
      throw new Error(`Unknown collection ${JSON.stringify(unknown)}.`);
    }
  }
}

/** The plan of a retry: of the first session only what is missing or of a script that is not proven, and what makes it; the whole plan if the profile has changed since. */
export function planRetry(plan: Plan, original: Collection): Plan {
  const before = 'plan' in original ? original.plan : null;
  const [session] = plan.sessions;
  const isSame = before !== null && before.profileSha256 === plan.profileSha256 && plan.sessions.length === 1;
  if (!isSame || session === undefined || before.sessions[0]?.commands.length !== session.commands.length) return plan;
  const indexes = session.commands.map((_, index) => index);
  const wanted = new Set(indexes.filter((index) => isWanted(original, index)));
  for (const [index, command] of session.commands.entries())
    if (wanted.has(index) && command.type === 'GetFile' && command.madeBy !== null) wanted.add(command.madeBy);
  // A file that is put leaves no result; whatever is run again may need it.
  for (const [index, command] of session.commands.entries()) if (command.type === 'PutFile') wanted.add(index);
  const kept = [...wanted].sort((a, b) => a - b);
  const commands = kept.flatMap((index) => {
    const command = session.commands[index];
    return command === undefined ? [] : [renumber(command, kept)];
  });
  return commands.length === 0 ? plan : { ...plan, sessions: [{ ...session, commands }] };
}

function isUnproven(collection: Collection, result: Result): boolean {
  return judgeScriptOf(collection, result)?.verdict === 'unproven';
}

function isWanted(original: Collection, index: number): boolean {
  const { results } = original;
  const result = results.find((candidate) => candidate.session === 0 && candidate.index === index);
  if (result === undefined) return false;
  if (result.status !== 'moved')
    return result.status !== 'stored' || result.failure !== null || isUnproven(original, result);
  return !results.some(
    (later) =>
      later.session > 0 &&
      later.status === 'stored' &&
      later.command === result.command &&
      later.subject === result.subject,
  );
}

function renumber(command: Command, kept: readonly number[]): Command {
  if (command.type !== 'GetFile' || command.madeBy === null) return command;
  const maker = kept.indexOf(command.madeBy);
  return { ...command, madeBy: maker === -1 ? null : maker };
}
