import { describe, expect, it } from 'vitest';
import { readLibrary } from '../../shared/content/read-library.ts';
import { readProfiles } from '../../shared/content/read-profiles.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import { type Machine, OPERATING_SYSTEMS } from '../../shared/domain/machine.ts';
import { makePlan } from '../../shared/domain/make-plan.ts';
import type { Profile } from '../../shared/domain/profile.ts';
import * as samples from '../memory/samples.ts';

const root = new URL('../../', import.meta.url);
const profiles = await readProfiles(new URL('profiles/', root));
const scripts = new Map(
  [...(await readLibrary(new URL('library/', root)))].map(([name, script]) => [name, script.sha256]),
);

type Sample = Profile['tests'][number]['alert'];

function alertOf(sample: Sample): Alert {
  const files = (sample.files ?? []).map((file) => ({
    path: file.path ?? null,
    sha256: file.sha256 ?? null,
    sha1: null,
    md5: null,
    sizeBytes: null,
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

function machineOf(sample: Sample): Machine {
  return {
    ...samples.machine,
    operatingSystem: sample.operatingSystem ?? null,
    tags: sample.machineTags ?? [],
    group: sample.machineGroup ?? null,
  };
}

function planFor(sample: Sample) {
  const planning = makePlan({
    collectionId: '0'.repeat(32),
    alert: alertOf(sample),
    machine: machineOf(sample),
    profiles,
    scripts,
  });
  if (planning.planning === 'none') return { profile: null, commands: [] };
  const commands = planning.plan.sessions.flatMap((session) =>
    session.commands.map((command) => {
      if (command.type === 'RunScript') return `RunScript ${command.scriptName}`;
      return `${command.type} ${(command.type === 'GetFile' ? command.path : command.fileName).split(/[\\/]/).at(-1)}`;
    }),
  );
  return { profile: planning.plan.profileId, commands };
}

describe.each(profiles.map((profile) => [profile.id, profile] as const))('profile %s', (id, profile) => {
  it.each(profile.tests.map((test) => [test.name, test] as const))('%s', (_, test) => {
    const planned = planFor(test.alert);
    if (test.expect === 'no match') expect(planned.profile).not.toBe(id);
    else expect(planned).toEqual({ profile: id, commands: test.expect.commands });
  });
});

describe('the shipped profiles', () => {
  it.each(['windows', 'linux'] as const)('cover every alert on %s', (operatingSystem) => {
    expect(planFor({ operatingSystem }).profile).not.toBeNull();
  });

  it('say nothing of systems that have no script', () => {
    const covered = OPERATING_SYSTEMS.filter((operatingSystem) => planFor({ operatingSystem }).profile !== null);
    expect(covered).toEqual(['windows', 'linux']);
  });
});
