import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readProfile } from '../../../shared/content/read-profiles.ts';

const sound = await readFile(new URL('../../../profiles/linux-triage.yaml', import.meta.url), 'utf8');

describe('readProfile', () => {
  it('reads a shipped profile, with the hash of its file', () => {
    expect(readProfile('linux-triage.yaml', sound)).toMatchObject({
      outcome: 'profile',
      profile: { id: 'linux-triage', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
  });

  it.each<readonly [string, string, string, RegExp]>([
    [
      'YAML that is none',
      'linux-triage.yaml',
      sound.replace('author: ', 'author: ['),
      /linux-triage\.yaml: .*at line \d+/,
    ],
    [
      'a condition that does not exist',
      'linux-triage.yaml',
      sound.replace('operatingSystem: linux\ncollect', 'os: linux\ncollect'),
      /when.*os/,
    ],
    [
      'an unknown operating system',
      'linux-triage.yaml',
      sound.replace('operatingSystem: linux\ncollect', 'operatingSystem: solaris\ncollect'),
      /when\.operatingSystem/,
    ],
    [
      'a script that is a path',
      'linux-triage.yaml',
      sound.replace('script: evidence-triage.sh', 'script: ../../etc/passwd'),
      /collect\.run\.0\.script: .*a file name of the library/,
    ],
    [
      'a script with a space',
      'linux-triage.yaml',
      sound.replace('script: evidence-triage.sh', 'script: a b.sh'),
      /collect\.run\.0\.script/,
    ],
    [
      'an archive that leads elsewhere',
      'linux-triage.yaml',
      sound.replace('archive: evidence.tar.gz', 'archive: ../x'),
      /collect\.run\.0\.archive/,
    ],
    ['more than ten minutes', 'linux-triage.yaml', sound.replace('seconds: 300', 'seconds: 900'), /limits\.seconds/],
    ['an id that is not its file', 'other.yaml', sound, /other\.yaml: id is linux-triage/],
    ['no test of its own', 'linux-triage.yaml', sound.replace(/tests:[\s\S]*$/, 'tests: []\n'), /tests/],
    ['aliases that grow', 'linux-triage.yaml', `x: &a [1]\ny: [*a, *a]\n${sound}`, /linux-triage\.yaml/],
  ])('refuses %s, and names file and place', (_, name, text, fault) => {
    const read = readProfile(name, text);
    expect(read.outcome).toBe('faulty');
    expect(read.outcome === 'faulty' ? read.faults.join('\n') : '').toMatch(fault);
  });
});
