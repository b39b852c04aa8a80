import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { buildSchemas } from '../../local/profiles/write-schemas.ts';
import { readDenyList } from '../../shared/content/read-deny-list.ts';
import { readProfiles } from '../../shared/content/read-profiles.ts';
import { OPERATING_SYSTEMS } from '../../shared/domain/machine.ts';
import type { SampleAlert } from '../../shared/domain/profile-schema.ts';
import { planSample, reviewedScripts } from './plan-sample.ts';

const folder = new URL('../../profiles/', import.meta.url);
const profiles = await readProfiles(folder);
const denyList = await readDenyList(folder);
const planFor = (sample: SampleAlert) => planSample(sample, { profiles, denyList, scripts: reviewedScripts });

describe.each(profiles.map((profile) => [profile.id, profile] as const))('profile %s', (id, profile) => {
  // A profile that is switched off is tested as if it were on, and nothing else were there.
  const among = profile.enabled === false ? [{ ...profile, enabled: true }] : profiles;
  it.each(profile.tests.map((test) => [test.name, test] as const))('%s', (_, test) => {
    const planned = planSample(test.alert, { profiles: among, denyList, scripts: reviewedScripts });
    if (test.expect === 'no match') expect(planned.profile).not.toBe(id);
    else expect(planned).toEqual({ profile: id, commands: test.expect.commands });
  });

  it('tells editors in its first line by which schema it is checked', async () => {
    const [first] = (await readFile(new URL(`${id}.yaml`, folder), 'utf8')).split('\n');
    expect(first).toBe('# yaml-language-server: $schema=./profile.schema.json');
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

  it('have orders of their own, so that no id decides between two of one system', () => {
    const taken = profiles.map(({ order, when }) => `${order} ${JSON.stringify(when['operatingSystem'])}`);
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
