import type { Alert, RelatedFile } from './alert.ts';
import type { Command, Session } from './command.ts';
import type { Machine } from './machine.ts';
import type { Plan, PlannedScript } from './plan.ts';
import { chooseProfile, type Profile } from './profile.ts';
import { encodeRequest, placeArchive } from './script-request.ts';

/** What planning comes to: a plan, or the sentence that says why there is none. */
export type Planning =
  | { readonly planning: 'plan'; readonly plan: Plan }
  | { readonly planning: 'none'; readonly reason: string };

/** What planning works with. */
export interface PlanningInput {
  readonly collectionId: string;
  readonly alert: Alert;
  readonly machine: Machine;
  readonly profiles: readonly Profile[];
  /** The reviewed scripts: file name in the library to its SHA-256, hex. */
  readonly scripts: ReadonlyMap<string, string>;
}

/** Plans the commands of the first profile that matches; the same input gives the same plan. */
export function makePlan(input: PlanningInput): Planning {
  const { alert, machine, profiles } = input;
  const name = machine.name ?? machine.id;
  const profile = chooseProfile(profiles, alert, machine);
  if (profile === null) {
    return {
      planning: 'none',
      reason: `No profile covers this alert on ${name} (${machine.osPlatform || 'operating system unknown'}).`,
    };
  }
  const system = machine.operatingSystem;
  if (system === null) {
    return {
      planning: 'none',
      reason: `Profile ${profile.id} matches, but there are no scripts for ${machine.osPlatform} (${name}).`,
    };
  }
  const scripts: PlannedScript[] = [];
  const runs: Command[] = [];
  const gets: Command[] = [];
  const wanted = askableFiles(alert.files);
  let requested = 0;
  for (const step of profile.collect.run) {
    const sha256 = input.scripts.get(step.script);
    if (sha256 === undefined) {
      return {
        planning: 'none',
        reason: `Profile ${profile.id} runs ${step.script}, which is not among the reviewed scripts of the library.`,
      };
    }
    const archive = placeArchive(system, input.collectionId, 0, step.archive);
    const request = encodeRequest({
      collectionId: input.collectionId,
      session: 0,
      archive,
      limitBytes: step.limits.bytes,
      limitSeconds: step.limits.seconds,
      files: wanted.slice(0, step.limits.files),
    });
    requested = Math.max(requested, request.filesRequested);
    scripts.push({ name: step.script, sha256 });
    gets.push({ type: 'GetFile', path: archive, madeBy: runs.length });
    runs.push({ type: 'RunScript', scriptName: step.script, args: request.argument });
  }
  const session: Session = { commands: [...runs, ...gets] };
  const plan: Plan = {
    profileId: profile.id,
    profileTitle: profile.title,
    profileSha256: profile.sha256,
    scripts,
    sessions: [session],
    filesNotRequested: wanted.length - requested,
  };
  return { planning: 'plan', plan };
}

/** The files that can be asked for: those with a path, each path once. */
function askableFiles(files: readonly RelatedFile[]): readonly RelatedFile[] {
  const seen = new Set<string>();
  return files.filter((file) => {
    if (file.path === null || seen.has(file.path)) return false;
    seen.add(file.path);
    return true;
  });
}
