import type { Alert, RelatedFile } from './alert.ts';
import { type DenyList, findDenial } from './deny-list.ts';
import type { Machine } from './machine.ts';
import type { Plan } from './plan.ts';
import { planSessions } from './plan-sessions.ts';
import { type Judged, judgeProfiles, type Profile } from './profile.ts';

/** What planning comes to: a plan, or the sentence that says why there is none; `denied` is by a rule that somebody set. */
export type Planning =
  | { readonly planning: 'plan'; readonly plan: Plan; readonly profile: Profile }
  | { readonly planning: 'none'; readonly why: 'denied' | 'nothing fits'; readonly reason: string };

/** What planning works with; `now` is ISO 8601 UTC, by which profiles expire. */
export interface PlanningInput {
  readonly collectionId: string;
  readonly alert: Alert;
  readonly machine: Machine;
  readonly now: string;
  readonly profiles: readonly Profile[];
  readonly denyList: DenyList;
  /** The reviewed scripts: file name in the library to its SHA-256, hex. */
  readonly scripts: ReadonlyMap<string, string>;
}

/** Plans the commands of the first profile that matches; the same input gives the same plan. */
export function makePlan(input: PlanningInput): Planning {
  return planJudged(input, judgeProfiles(input.profiles, input));
}

/** Plans by what the profiles have said already. */
export function planJudged(input: PlanningInput, judged: readonly Judged[]): Planning {
  const { alert, machine, denyList } = input;
  const name = machine.name ?? machine.id;
  const none = (reason: string, why: 'denied' | 'nothing fits' = 'nothing fits'): Planning => ({
    planning: 'none',
    why,
    reason,
  });
  const chosen = judged.find(({ judgement }) => judgement.match === 'yes')?.profile;
  if (chosen === undefined) {
    const withheld = judged.find(({ judgement }) => judgement.match === 'withheld');
    if (withheld?.judgement.match === 'withheld')
      return none(`Profile ${withheld.profile.id} is withheld on ${name}: ${withheld.judgement.because}.`, 'denied');
    return none(`No profile covers this alert on ${name} (${machine.osPlatform || 'operating system unknown'}).`);
  }
  const denial = findDenial(denyList, machine);
  if (denial !== null)
    return none(
      `Nothing is run on ${name}: the deny list has it (${denial}). Collect by hand, or change profiles/deny.yaml.`,
      'denied',
    );
  const system = machine.operatingSystem;
  if (system === null)
    return none(`Profile ${chosen.id} matches, but there are no scripts for ${machine.osPlatform} (${name}).`);
  const wanted = askableFiles(alert.files);
  const planned = planSessions({
    profile: chosen,
    collectionId: input.collectionId,
    system,
    files: wanted,
    scripts: input.scripts,
  });
  if (planned.outcome === 'none') return none(planned.reason);
  const plan: Plan = {
    profileId: chosen.id,
    profileTitle: chosen.title,
    profileSha256: chosen.sha256,
    scripts: planned.scripts,
    sessions: planned.sessions,
    filesNotRequested: wanted.length - planned.filesRequested,
  };
  return { planning: 'plan', plan, profile: chosen };
}

/** The files that can be asked for: those with a path, each path once. */
export function askableFiles(files: readonly RelatedFile[]): readonly RelatedFile[] {
  const seen = new Set<string>();
  return files.filter((file) => {
    if (file.path === null || seen.has(file.path)) return false;
    seen.add(file.path);
    return true;
  });
}
