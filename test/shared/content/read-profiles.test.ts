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

  const change = (from: string, to: string) => {
    expect(sound).toContain(from);
    return sound.replace(from, to);
  };
  const withRun = (lines: string) =>
    sound.replace(/collect:[\s\S]*?tests:/, `collect:\n  ${lines.replaceAll('\n', '\n  ')}\ntests:`);

  it.each<readonly [string, () => string, RegExp]>([
    ['YAML that is none', () => change('author: ', 'author: ['), /^linux-triage\.yaml:8:\d+: Flow sequence/],
    [
      'a condition that does not exist',
      () => change('operatingSystem: linux\ncollect', 'os: linux\ncollect'),
      /^linux-triage\.yaml:12:3: when: there is no `os` here/,
    ],
    [
      'an unknown operating system',
      () => change('operatingSystem: linux\ncollect', 'operatingSystem: solaris\ncollect'),
      /^linux-triage\.yaml:12:20: when\.operatingSystem: expected one of "windows"\|"linux"\|"macos"/,
    ],
    [
      'one of several values, at its own place',
      () => change('operatingSystem: linux\ncollect', 'operatingSystem:\n    - linux\n    - solaris\ncollect'),
      /^linux-triage\.yaml:14:7: when\.operatingSystem\.1: expected one of/,
    ],
    [
      'a pattern that could take for ever, or is none',
      () => change('operatingSystem: linux\ncollect', 'title|re: "(a)(?=b)"\ncollect'),
      /when\.title\|re: expected a regular expression that can be used; it looks around/,
    ],
    [
      'a modifier of no meaning',
      () => change('operatingSystem: linux\ncollect', 'title|gt: x\ncollect'),
      /there is no `title\|gt` here/,
    ],
    [
      'a file condition of no meaning',
      () => change('operatingSystem: linux\ncollect', 'file: {size|contains: 3}\ncollect'),
      /:12:10: when\.file: there is no `size\|contains`/,
    ],
    [
      'a key that is missing',
      () => change('author: Evidence Collector\n', ''),
      /^linux-triage\.yaml:2:1: author: expected string/,
    ],
    [
      'a script that is a path',
      () => change('script: evidence-triage.sh', 'script: ../../etc/passwd'),
      /:15:15: collect\.run\.0\.script: expected a file name of the library/,
    ],
    ['a script with a space', () => change('script: evidence-triage.sh', 'script: a b.sh'), /collect\.run\.0\.script/],
    [
      'an archive that leads elsewhere',
      () => change('archive: evidence.tar.gz', 'archive: ../x'),
      /:16:16: collect\.run\.0\.archive/,
    ],
    [
      'more than ten minutes',
      () => change('seconds: 300', 'seconds: 900'),
      /:19:18: collect\.run\.0\.limits\.seconds: expected number to be <=570/,
    ],
    [
      'an option that is no word',
      () => change('archive: evidence.tar.gz', 'archive: evidence.tar.gz\n      options: ["; id"]'),
      /collect\.run\.0\.options\.0: expected an option word/,
    ],
    ['no test of its own', () => sound.replace(/tests:[\s\S]*$/, 'tests: []\n'), /tests: expected array to have >=1/],
    ['aliases that grow', () => `x: &a [1]\ny: [*a, *a]\n${sound}`, /^linux-triage\.yaml:1:1: expected no aliases/],
    [
      'a day that is none',
      () => change('order: 9000', 'order: 9000\nexpires: "2026-02-30"'),
      /:11:10: expires: expected a day such as/,
    ],
    ['nothing to collect', () => withRun('{}'), /collect: expected something to put, run or get/],
    [
      'two archives in a session',
      () => sound.replace(/( {4}- script:[\s\S]*?)tests:/, '$1$1tests:'),
      /collect\.run\.1: expected at most one script with an archive/,
    ],
    [
      'arguments that Defender refuses',
      () => withRun('run:\n  - {script: a.sh, args: "x; id"}'),
      /collect\.run\.0\.args: expected without the characters ; & \| ! \$ \( \)/,
    ],
    ['arguments with quotes', () => withRun('run:\n  - {script: a.sh, args: "say \'x\'"}'), /without quotes/],
    [
      'arguments of the alert',
      () => withRun('run:\n  - {script: a.sh, args: "{title}"}'),
      /\{title\} is not a name of ours/,
    ],
    [
      'a path with a wildcard',
      () => withRun('get: ["/var/log/*.log"]'),
      /:14:9: collect\.get\.0: expected a path of one file; it has a wildcard/,
    ],
    ['a network path', () => withRun('get: ["\\\\\\\\server\\\\share\\\\x"]'), /network or device path/],
    ['a path of another system', () => withRun('get: ["C:\\\\x.txt"]'), /set operatingSystem to windows/],
    [
      'a file that no script makes',
      () => withRun('get: [{path: /tmp/x, madeBy: other.sh}]'),
      /madeBy: expected a script that this session runs/,
    ],
    [
      'limits that its sessions pass',
      () => change('tests:\n', 'limits: {minutes: 4, bytes: 1048576}\ntests:\n'),
      /limits\.bytes: expected at least 52428800[\s\S]*limits\.minutes: expected at least 5/,
    ],
    [
      'too many commands',
      () =>
        withRun(
          `- get: [${Array.from({ length: 30 }, (_, n) => `/tmp/${n}`)}]\n- get: [${Array.from({ length: 30 }, (_, n) => `/tmp/${n}`)}]`,
        ),
      /at most 50 commands; there are 60/,
    ],
  ])('refuses %s, and says where and what was expected', (_, write, fault) => {
    const read = readProfile('linux-triage.yaml', write());
    expect(read.outcome).toBe('faulty');
    expect(read.outcome === 'faulty' ? read.faults.join('\n') : '').toMatch(fault);
  });

  it('refuses an id that is not its file', () => {
    expect(readProfile('other.yaml', sound)).toEqual({
      outcome: 'faulty',
      faults: ['other.yaml:2:5: id: expected other, as the file is named; it is linux-triage'],
    });
  });

  it('names every fault of a file, each once', () => {
    const read = readProfile(
      'linux-triage.yaml',
      change('order: 9000', 'order: -1').replace('level: medium', 'level: odd'),
    );
    expect(read.outcome === 'faulty' ? read.faults : []).toEqual([
      expect.stringMatching(/:8:8: level: expected one of/),
      expect.stringMatching(/:10:8: order: expected number to be >=0/),
    ]);
  });

  it('takes all that a profile may say', () => {
    const read = readProfile(
      'linux-triage.yaml',
      sound
        .replace('order: 9000', 'order: 9000\nenabled: false\nexpires: "2027-06-30"\ndomainControllers: allowed')
        .replace(
          '  operatingSystem: linux\ncollect',
          '  operatingSystem: linux\n  title|re|not: ["^test", "drill$"]\n  file: [{name|endswith: .php, size|lt: 9000}, {sha1: "0123456789012345678901234567890123456789"}]\ncollect',
        )
        .replace(
          /collect:[\s\S]*?tests:/,
          `collect:
  - put: [tool.bin, {file: other.bin, sha256: "${'a'.repeat(64)}"}]
    run:
      - {script: uac.sh, sha256: "${'b'.repeat(64)}", args: "-p ir_triage /var/tmp/{collectionId}-{session}"}
    get:
      - {path: "/var/tmp/{collectionId}-{session}/uac.tar.gz", madeBy: uac.sh}
  - delayMinutes: 5
    run:
      - script: evidence-triage.sh
        archive: evidence.tar.gz
        limits: {bytes: 1048576, seconds: 30, files: 1}
        options: [web-shell]
        detached: {harvest: evidence-harvest.sh, afterMinutes: 20}
limits: {bytes: 1048576, files: 10, minutes: 10, coolDownMinutes: 60}
tests:`,
        ),
    );
    expect(read).toMatchObject({ outcome: 'profile', profile: { enabled: false, limits: { coolDownMinutes: 60 } } });
  });
});
