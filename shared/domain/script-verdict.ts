import * as z from 'zod';
import type { Collection } from './collection.ts';
import type { ScriptProof } from './library-proof.ts';
import type { Plan } from './plan.ts';
import type { Result } from './result.ts';
import { findMaker } from './verdict.ts';

/** The shape of a verdict on the script that made an evidence item. */
export const scriptVerdictSchema = z
  .object({
    verdict: z.enum(['proven', 'unproven', 'not checked']),
    /** One sentence for people. */
    explanation: z.string(),
  })
  .readonly();

/** Whether an evidence item is the reviewed script's work: by the library before and after the run, and by what the script says of itself. */
export type ScriptVerdict = z.infer<typeof scriptVerdictSchema>;

/** What judging needs of a collection. */
export interface Judged {
  readonly plan: Plan;
  readonly results: readonly Result[];
  readonly scriptProofs?: readonly ScriptProof[] | undefined;
}

/** Judges the script that a stored result is the work of; null for what no script made, and for what is not stored. */
export function judgeScript(result: Result, collection: Judged): ScriptVerdict | null {
  if (result.status !== 'stored') return null;
  const maker = result.command === 'GetFile' ? findMaker(result, collection.plan.sessions, collection.results) : result;
  if (maker?.command !== 'RunScript') return null;
  const name = maker.subject;
  const pinned = collection.plan.scripts.find((script) => script.name === name)?.sha256;
  const reported = maker.status === 'stored' ? maker.item.report?.scriptSha256 : undefined;
  const proofs = findOwnProofs(maker, collection);
  const faults = [
    ...proofs.flatMap(({ verdict, reason }) =>
      verdict === 'unproven' ? [reason ?? 'The library did not hold the reviewed script.'] : [],
    ),
    ...(reported === undefined || reported === pinned
      ? []
      : [
          `The script says of itself that its SHA-256 is ${reported}; that of the reviewed one is ${pinned ?? 'unknown'}.`,
        ]),
  ];
  if (faults.length > 0) return { verdict: 'unproven', explanation: faults.join(' ') };
  if (proofs.length === 0 || proofs.some(({ verdict }) => verdict !== 'proven'))
    return {
      verdict: 'not checked',
      explanation: 'The library was not compared with the reviewed script after the run.',
    };
  const itself = reported === undefined ? '' : ', and the script says the same of itself';
  return {
    verdict: 'proven',
    explanation: `The library held the reviewed script before and after the run${itself}.`,
  };
}

/** The proofs that an item rests on: that of the script that made it, and of the files that were put there for it. */
function findOwnProofs(maker: Result, { plan, scriptProofs = [] }: Judged): readonly ScriptProof[] {
  const commands = plan.sessions[maker.session]?.commands ?? [];
  const put = commands.flatMap((command) => (command.type === 'PutFile' ? [command.fileName] : []));
  return scriptProofs.filter(
    ({ session, name }) => session === maker.session && (name === maker.subject || put.includes(name)),
  );
}

/** One sentence that says which stored results are of scripts that are not proven, and why the first of them; null when there are none. */
export function tellUnproven(collection: Judged): string | null {
  const unproven = collection.results.flatMap((result) => {
    const script = judgeScript(result, collection);
    return script?.verdict === 'unproven' ? [script.explanation] : [];
  });
  const [first] = unproven;
  if (first === undefined) return null;
  const stored = collection.results.filter((result) => result.status === 'stored').length;
  return `${unproven.length} of ${stored} stored results ${unproven.length === 1 ? 'is' : 'are'} script unproven: ${first}`.slice(
    0,
    600,
  );
}

/** The same of a collection in any status; null while it has no plan. */
export function judgeScriptOf(collection: Collection, result: Result): ScriptVerdict | null {
  if (!('plan' in collection) || collection.plan === null) return null;
  const { plan, results, scriptProofs } = collection;
  return judgeScript(result, { plan, results, scriptProofs });
}
