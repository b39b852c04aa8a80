import type { Alert, RelatedFile } from './alert.ts';
import type { Command } from './command.ts';
import { costPlan, type PlanCost } from './cost-plan.ts';
import type { LibraryFile } from './library-file.ts';
import type { Machine } from './machine.ts';
import { writeComment } from './machine-action.ts';
import { askableFiles, planJudged, type PlanningInput } from './make-plan.ts';
import { requestedFiles } from './merge-alert.ts';
import type { Plan } from './plan.ts';
import { judgeProfiles } from './profile.ts';

/** What would be done for an alert on its machine, and why; nothing in it has been done. */
export interface PlanExplanation {
  readonly alert: Omit<Alert, 'files' | 'traces'> & { readonly files: number };
  readonly machine: Machine;
  readonly outcome: 'would collect' | 'would collect nothing';
  /** Why nothing would be collected, null when something would. */
  readonly reason: string | null;
  /** The profile that is taken, null when none is. */
  readonly profile: string | null;
  /** Every profile in the order in which they are asked, and what it says. */
  readonly profiles: readonly {
    readonly id: string;
    readonly order: number;
    readonly says: 'taken' | 'no' | 'withheld' | 'comes too late';
    readonly because: string | null;
  }[];
  /** The live responses as they would be sent. */
  readonly sessions: readonly {
    readonly comment: string;
    readonly delaySeconds: number;
    readonly commands: readonly Command[];
  }[];
  readonly scripts: readonly {
    readonly name: string;
    readonly sha256: string;
    /** Whether the tenant's library has exactly this file: a missing one is uploaded first, a different one never run. */
    readonly library: 'same' | 'different' | 'missing' | 'not asked';
  }[];
  /** Files of the alert that would not be asked for, and why. */
  readonly filesNotRequested: readonly NotRequested[];
  readonly cost: PlanCost | null;
}

/** A file of the alert that no script is asked for. */
export interface NotRequested {
  readonly path: string | null;
  readonly sha256: string | null;
  readonly why: string;
}

/** Explains what would be planned; `library` is the tenant's, null when it was not asked. */
export function explainPlan(input: PlanningInput, library: readonly LibraryFile[] | null): PlanExplanation {
  const { alert, machine, collectionId } = input;
  const { files, traces: _, ...rest } = alert;
  const judged = judgeProfiles(input.profiles, input);
  const planning = planJudged(input, judged);
  const plan = planning.planning === 'plan' ? planning.plan : null;
  const first = judged.findIndex(({ judgement }) => judgement.match === 'yes');
  return {
    alert: { ...rest, files: files.length },
    machine,
    outcome: plan === null ? 'would collect nothing' : 'would collect',
    reason: planning.planning === 'none' ? planning.reason : null,
    profile: plan?.profileId ?? null,
    profiles: judged.map(({ profile: { id, order }, judgement }, index) => {
      if (judgement.match !== 'yes') return { id, order, says: judgement.match, because: judgement.because };
      if (index === first) return { id, order, says: 'taken', because: null };
      return {
        id,
        order,
        says: 'comes too late',
        because: `it matches, but ${judged[first]?.profile.id} comes before it`,
      };
    }),
    sessions: (plan?.sessions ?? []).map(({ commands, delayMs }, session) => ({
      comment: writeComment({ collectionId, session, attempt: 1 }),
      delaySeconds: (delayMs ?? 0) / 1000,
      commands,
    })),
    scripts: (plan?.scripts ?? []).map((script) => ({ ...script, library: lookFor(script, library) })),
    filesNotRequested: plan === null ? [] : listNotRequested(plan, files),
    cost: plan === null ? null : costPlan(plan),
  };
}

/** The related files that a plan does not ask its scripts for, each with the reason. */
export function listNotRequested(plan: Plan, files: readonly RelatedFile[]): readonly NotRequested[] {
  const requested = requestedFiles(plan);
  const askable = new Set(askableFiles(files).map(({ path }) => path));
  const seen = new Set<string>();
  return files.flatMap(({ path, sha256 }): readonly NotRequested[] => {
    if (path === null) return [{ path, sha256, why: 'The alert names no path for it.' }];
    if (requested.has(path) || seen.has(path)) return [];
    seen.add(path);
    return askable.has(path) ? [{ path, sha256, why: 'It is beyond what the profile allows to ask for.' }] : [];
  });
}

function lookFor(
  { name, sha256 }: Plan['scripts'][number],
  library: readonly LibraryFile[] | null,
): PlanExplanation['scripts'][number]['library'] {
  if (library === null) return 'not asked';
  const file = library.find((candidate) => candidate.fileName.toLowerCase() === name.toLowerCase());
  if (file === undefined) return 'missing';
  return file.fileName === name && file.sha256.toLowerCase() === sha256 ? 'same' : 'different';
}
