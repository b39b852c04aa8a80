import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { NO_DENY_LIST } from '../../../shared/domain/deny-list.ts';
import type { Machine } from '../../../shared/domain/machine.ts';
import { chooseProfile, matchProfile, type Profile } from '../../../shared/domain/profile.ts';
import { alert, machine, profile } from '../../memory/samples.ts';

const subject = (changes: { alert?: Partial<Alert>; machine?: Partial<Machine>; now?: string } = {}) => ({
  alert: { ...alert, ...changes.alert },
  machine: { ...machine, ...changes.machine },
  now: changes.now ?? '2026-11-20T08:00:00.000Z',
  denyList: NO_DENY_LIST,
});
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
    ['one of several that is not met', { severity: 'High', category: 'Malware' }, /^its category must be Malware$/],
    ['none of a list', { severity: ['Low', 'Medium'] }, /^its severity must be Low or Medium$/],
    ['a tag that the machine lacks', { machineTag: 'dmz' }, /machine tag must be dmz/],
    ['another system', { operatingSystem: 'windows' }, /operating system must be windows/],
    ['a part', { 'title|contains': 'EXEC' }, 'yes'],
    ['a part that is not there', { 'title|contains': ['web', 'shell'] }, /^its title must contain web or shell$/],
    ['a beginning', { 'title|startswith': 'suspicious' }, 'yes'],
    ['a beginning that is elsewhere', { 'title|startswith': 'execution' }, /must start with execution/],
    ['an end', { 'title|endswith': 'execution' }, 'yes'],
    ['an end that is elsewhere', { 'title|endswith': 'suspicious' }, /must end with suspicious/],
    ['a pattern', { 'title|re': '^susp.*(execution|launch)$' }, 'yes'],
    ['a pattern that is not found', { 'title|re': '^execution' }, /must match \^execution/],
    ['more severe', { 'severity|gt': 'Medium' }, 'yes'],
    ['not more severe than itself', { 'severity|gt': 'High' }, /^its severity must be over High$/],
    ['less severe', { 'severity|lt': 'High' }, /^its severity must be under High$/],
    ['one of several alternatives', [{ severity: 'Low' }, { category: 'Execution' }], 'yes'],
    [
      'none of several alternatives',
      [{ severity: 'Low' }, { category: 'Malware' }],
      /^its severity must be Low, or its category must be Malware$/,
    ],
    ['what it is not', { 'severity|not': 'Low' }, 'yes'],
    ['none of what it is', { 'severity|not': ['Low', 'High'] }, /^its severity must not be Low or High$/],
    ['a negated part', { 'title|contains|not': 'execution' }, /^its title must not contain execution$/],
    ['a negated tag that another tag does not lift', { 'machineTag|not': 'web' }, /machine tag must not be web/],
  ])('%s', (_, conditions, expected) => {
    const match = matchProfile(when(conditions), subject());
    if (expected === 'yes') expect(match).toEqual({ match: 'yes' });
    else expect(match).toEqual({ match: 'no', because: expect.stringMatching(expected) });
  });

  const files: Alert['files'] = [
    { path: 'C:\\inetpub\\wwwroot\\up.aspx', sha1: null, sha256: 'a'.repeat(64), md5: null, sizeBytes: 2_000 },
    { path: '/usr/bin/\\odd', sha1: null, sha256: null, md5: null, sizeBytes: null },
    { path: 'C:\\Temp\\big.bin', sha1: null, sha256: null, md5: null, sizeBytes: 9_000_000, signer: 'Evil Corp' },
  ];
  it.each<readonly [string, Profile['when'], 'yes' | RegExp]>([
    ['a file of that name', { file: { name: 'UP.ASPX' } }, 'yes'],
    ['a backslash is part of a POSIX name', { file: { name: '\\odd' } }, 'yes'],
    [
      'a directory is no name',
      { file: { name: 'wwwroot' } },
      /^the alert must name a file for which its name must be wwwroot$/,
    ],
    ['one file with all of it', { file: { 'path|contains': 'inetpub', 'size|lt': 10_000 } }, 'yes'],
    [
      'no two files together',
      { file: { 'path|contains': 'inetpub', 'size|gt': 10_000 } },
      /path must contain inetpub and its size must be over 10000/,
    ],
    ['one kind of file or another', { file: [{ name: 'nope' }, { signer: 'evil corp' }] }, 'yes'],
    ['a hash in another case', { file: { sha256: 'A'.repeat(64) } }, 'yes'],
    ['an unknown size is neither under nor over', { file: { name: '\\odd', 'size|lt': 10 } }, /must be under 10/],
    ['no such file', { 'file|not': { name: 'other.exe' } }, 'yes'],
    ['a file that must not be', { 'file|not': { 'name|endswith': '.bin' } }, /^the alert must not name a file/],
    [
      'a file that is not signed by them',
      { file: { name: 'big.bin', 'signer|not': 'Evil Corp' } },
      /must not be Evil Corp/,
    ],
  ])('%s', (_, conditions, expected) => {
    const match = matchProfile(when(conditions), subject({ alert: { files } }));
    if (expected === 'yes') expect(match).toEqual({ match: 'yes' });
    else expect(match).toEqual({ match: 'no', because: expect.stringMatching(expected) });
  });

  it('a machine of no known system or group meets no condition on them, but every negated one', () => {
    const unknown = subject({ machine: { operatingSystem: null, group: null } });
    expect(matchProfile(when({ operatingSystem: 'linux' }), unknown).match).toBe('no');
    expect(matchProfile(when({ machineGroup: 'Servers' }), unknown).match).toBe('no');
    expect(matchProfile(when({ 'machineGroup|not': 'Servers' }), unknown).match).toBe('yes');
  });

  it('one that is switched off matches nothing', () => {
    expect(matchProfile(when({}, { enabled: false }), subject())).toMatchObject({
      because: expect.stringContaining('switched off'),
    });
  });

  it('one that expires matches to the end of its last day', () => {
    const expiring = when({}, { expires: '2026-11-20' });
    expect(matchProfile(expiring, subject({ now: '2026-11-20T23:59:59.999Z' })).match).toBe('yes');
    expect(matchProfile(expiring, subject({ now: '2026-11-21T00:00:00.000Z' }))).toEqual({
      match: 'no',
      because: 'it expired on 2026-11-20',
    });
  });

  it('is withheld on a domain controller unless it says that it is for them', () => {
    const denyList = { never: [], domainControllers: [{ title: 'by tag', when: { machineTag: 'web' } }] };
    const there = { ...subject(), denyList };
    expect(matchProfile(when({}), there)).toMatchObject({
      match: 'withheld',
      because: expect.stringContaining('by tag'),
    });
    expect(matchProfile(when({}, { domainControllers: 'allowed' }), there)).toEqual({ match: 'yes' });
    expect(matchProfile(when({ severity: 'Low' }), there).match).toBe('no');
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
      expect(chooseProfile(profiles, subject())?.id).toBe('a');
    }
  });

  it('takes none when none matches', () => {
    expect(chooseProfile([when({ severity: 'Low' })], subject())).toBeNull();
  });
});
