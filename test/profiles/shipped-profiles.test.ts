import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { buildSchemas } from '../../local/profiles/write-schemas.ts';
import { readProfiles } from '../../shared/content/read-profiles.ts';
import type { SampleAlert } from '../../shared/domain/profile-schema.ts';
import { allProfiles, denyList, namedScripts } from './all-profiles.ts';
import { planSample, reviewedScripts } from './plan-sample.ts';

const folder = new URL('../../profiles/', import.meta.url);
const profiles = await readProfiles(folder);
const planFor = (sample: SampleAlert) => planSample(sample, { profiles, denyList, scripts: reviewedScripts });

describe.each(allProfiles.map((profile) => [profile.id, profile] as const))('profile %s', (id, profile) => {
  // A profile that is switched off is tested as if it were on, and nothing else were there.
  const among = profile.enabled === false ? [{ ...profile, enabled: true }] : allProfiles;
  it.each(profile.tests.map((test) => [test.name, test] as const))('%s', (_, test) => {
    const planned = planSample(test.alert, { profiles: among, denyList, scripts: namedScripts });
    if (test.expect === 'no match') expect(planned.profile).not.toBe(id);
    else expect(planned).toEqual({ profile: id, commands: test.expect.commands });
  });
});

describe('the shipped profiles', () => {
  it.each(profiles)('$id tells editors in its first line by which schema it is checked', async ({ id }) => {
    const [first] = (await readFile(new URL(`${id}.yaml`, folder), 'utf8')).split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./profile.schema.json');
  });

  it('name only scripts that were reviewed', () => {
    const named = profiles.flatMap(({ collect }) => [collect].flat()).flatMap(({ run = [] }) => run);
    for (const step of named) {
      expect(reviewedScripts.has(step.script) || 'args' in step, step.script).toBe(true);
      if ('archive' in step && step.detached) expect(reviewedScripts.has(step.detached.harvest)).toBe(true);
    }
  });

  it.each(['windows', 'linux'] as const)('cover every alert on %s', (operatingSystem) => {
    expect(planFor({ operatingSystem }).profile).not.toBeNull();
  });

  it('cover macOS exactly when its script is there', () => {
    const isThere = reviewedScripts.has('evidence-triage-macos.sh') && profiles.some(({ id }) => id === 'macos-triage');
    expect(planFor({ operatingSystem: 'macos' }).profile).toBe(isThere ? 'macos-triage' : null);
  });

  it('have orders of their own, so that no id decides between two of one system', () => {
    const taken = allProfiles.map(
      ({ order, when }) =>
        `${order} ${JSON.stringify([when].flat().map((conditions) => conditions['operatingSystem']))}`,
    );
    expect(new Set(taken).size).toBe(taken.length);
  });

  it.each([
    [{ osPlatform: 'WindowsServer2022', machineName: 'dc01.contoso.com' }],
    [{ osPlatform: 'WindowsServer2019', machineName: 'muc-dc2' }],
    [{ machineGroup: 'Domain Controllers' }],
    [{ machineTags: ['web', 'Tier 0'] }],
  ])('are withheld on a domain controller: %j', (machine) => {
    expect(planFor({ operatingSystem: 'windows', severity: 'High', ...machine }).profile).toBeNull();
  });

  it.each([{ machineName: 'dcim-web.contoso.com' }, { machineName: 'cdc-web-01' }, { machineTags: ['not a dc'] }])(
    'are not withheld on what only looks like one: %j',
    (machine) => {
      expect(
        planFor({ operatingSystem: 'windows', osPlatform: 'WindowsServer2022', ...machine }).profile,
      ).not.toBeNull();
    },
  );
});

describe('the schemas for editors', () => {
  it.each([...buildSchemas()])('%s is what the code says (npm run schemas)', async (name, text) => {
    expect(await readFile(new URL(name, folder), 'utf8')).toBe(text);
  });

  it('are for every file of the folder', async () => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
    expect(names.sort()).toEqual([...buildSchemas().keys()].sort());
  });
});
