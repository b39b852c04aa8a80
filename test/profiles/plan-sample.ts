import { readLibrary } from '../../shared/content/read-library.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import type { Command } from '../../shared/domain/command.ts';
import type { DenyList } from '../../shared/domain/deny-list.ts';
import type { Machine } from '../../shared/domain/machine.ts';
import { makePlan } from '../../shared/domain/make-plan.ts';
import type { Profile } from '../../shared/domain/profile.ts';
import type { SampleAlert } from '../../shared/domain/profile-schema.ts';
import * as samples from '../memory/samples.ts';

/** The hashes of the reviewed scripts by their name. */
export const reviewedScripts: ReadonlyMap<string, string> = new Map(
  [...(await readLibrary(new URL('../../library/', import.meta.url)))].map(([name, { sha256 }]) => [name, sha256]),
);

/** The alert that a profile's test describes. */
function alertOf(sample: SampleAlert): Alert {
  const files = (sample.files ?? []).map((file) => ({
    path: file.path ?? null,
    sha256: file.sha256 ?? null,
    sha1: null,
    md5: null,
    sizeBytes: file.size ?? null,
    ...(file.signer === undefined ? {} : { signer: file.signer }),
    ...(file.publisher === undefined ? {} : { publisher: file.publisher }),
  }));
  return {
    ...samples.alert,
    severity: sample.severity ?? 'Medium',
    category: sample.category ?? 'Unknown',
    title: sample.title ?? 'An alert',
    detectionSource: sample.detectionSource ?? 'WindowsDefenderAtp',
    files,
  };
}

/** The machine that a profile's test describes. */
function machineOf(sample: SampleAlert): Machine {
  return {
    ...samples.machine,
    name: sample.machineName ?? 'pc-0042.contoso.com',
    osPlatform: sample.osPlatform ?? sample.operatingSystem ?? 'Unknown',
    operatingSystem: sample.operatingSystem ?? null,
    tags: sample.machineTags ?? [],
    group: sample.machineGroup ?? null,
  };
}

/** Which profile takes a sample, and its commands in words, such as `RunScript evidence-triage.sh`. */
export function planSample(
  sample: SampleAlert,
  {
    profiles,
    denyList,
    scripts,
  }: { profiles: readonly Profile[]; denyList: DenyList; scripts: ReadonlyMap<string, string> },
): { readonly profile: string | null; readonly commands: readonly string[] } {
  const planning = makePlan({
    collectionId: '0'.repeat(32),
    alert: alertOf(sample),
    machine: machineOf(sample),
    now: '2026-11-21T00:00:00.000Z',
    profiles,
    denyList,
    scripts,
  });
  if (planning.planning === 'none') return { profile: null, commands: [] };
  const commands = planning.plan.sessions.flatMap((session) => session.commands.map(describe));
  return { profile: planning.plan.profileId, commands };
}

function describe(command: Command): string {
  if (command.type === 'RunScript') return `RunScript ${command.scriptName}`;
  const subject = command.type === 'GetFile' ? command.path : command.fileName;
  return `${command.type} ${subject.split(/[\\/]/).at(-1)}`;
}
