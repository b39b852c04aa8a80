import { describe, expect, it } from 'vitest';
import { chooseProfile, matchProfile, type Profile } from '../../../shared/domain/profile.ts';
import { alert, machine, profile } from '../../memory/samples.ts';

const when = (conditions: Profile['when'], changes: Partial<Profile> = {}): Profile => ({
  ...profile,
  ...changes,
  when: conditions,
});

describe('matchProfile', () => {
  it.each<readonly [string, Profile['when'], 'yes' | RegExp]>([
    ['no condition', {}, 'yes'],
    ['one that is met', { severity: 'High' }, 'yes'],
    ['one of a list', { severity: ['Low', 'High'] }, 'yes'],
    ['another case', { category: 'EXECUTION' }, 'yes'],
    ['all of several', { severity: 'High', category: 'Execution', machineTag: 'web', machineGroup: 'servers' }, 'yes'],
    ['one of several that is not met', { severity: 'High', category: 'Malware' }, /^its category must be malware$/],
    ['none of a list', { severity: ['Low', 'Medium'] }, /^its severity must be low or medium$/],
    ['a tag that the machine lacks', { machineTag: 'dmz' }, /machine tag must be dmz/],
    ['another system', { operatingSystem: 'windows' }, /operating system must be windows/],
  ])('%s', (_, conditions, expected) => {
    const match = matchProfile(when(conditions), alert, machine);
    if (expected === 'yes') expect(match).toEqual({ match: 'yes' });
    else expect(match).toEqual({ match: 'no', because: expect.stringMatching(expected) });
  });

  it('a machine of no known system or group meets no condition on them', () => {
    const unknown = { ...machine, operatingSystem: null, group: null };
    expect(matchProfile(when({ operatingSystem: 'linux' }), alert, unknown).match).toBe('no');
    expect(matchProfile(when({ machineGroup: 'Servers' }), alert, unknown).match).toBe('no');
  });
});

describe('chooseProfile', () => {
  it('takes the first by order, then by id, whatever the order they come in', () => {
    const [general, special, twin] = [
      when({}, { id: 'general', order: 900 }),
      when({}, { id: 'b', order: 10 }),
      when({}, { id: 'a', order: 10 }),
    ];
    for (const profiles of [
      [general, special, twin],
      [twin, general, special],
      [special, twin, general],
    ]) {
      expect(chooseProfile(profiles, alert, machine)?.id).toBe('a');
    }
  });

  it('takes none when none matches', () => {
    expect(chooseProfile([when({ severity: 'Low' })], alert, machine)).toBeNull();
  });
});
