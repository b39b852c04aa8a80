import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import { NO_DENY_LIST } from '../../../shared/domain/deny-list.ts';
import type { Machine } from '../../../shared/domain/machine.ts';
import { makePlan, type PlanningInput } from '../../../shared/domain/make-plan.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { Profile } from '../../../shared/domain/profile.ts';
import { readRequestedFiles } from '../../../shared/domain/script-request.ts';
import * as samples from '../../memory/samples.ts';

const ID = '0123456789abcdef0123456789abcdef';
const scripts = new Map(
  ['evidence-triage.sh', 'evidence-harvest.sh', 'tool.bin'].map((name) => [name, 'c'.repeat(64)]),
);
const own = (changes: object = {}) => ({
  script: 'evidence-triage.sh',
  archive: 'evidence.tar.gz',
  limits: { bytes: 52_428_800, seconds: 300, files: 500 },
  ...changes,
});
const profile = (collect: Profile['collect'], changes: Partial<Profile> = {}): Profile => ({
  ...samples.profile,
  ...changes,
  collect,
});
const fileAt = (path: string): Alert['files'][number] => ({
  path,
  sha1: null,
  sha256: null,
  md5: null,
  sizeBytes: null,
});

function planning(profiles: readonly Profile[], changes: Partial<PlanningInput> = {}) {
  return makePlan({
    collectionId: ID,
    alert: samples.alert,
    machine: samples.machine,
    now: '2026-11-20T08:00:00.000Z',
    profiles,
    denyList: NO_DENY_LIST,
    scripts,
    ...changes,
  });
}

function planOf(
  collect: Profile['collect'],
  changes: Partial<Profile> = {},
  files: Alert['files'] = samples.alert.files,
): Plan {
  const planned = planning([profile(collect, changes)], { alert: { ...samples.alert, files } });
  if (planned.planning === 'none') throw new Error(planned.reason);
  return planned.plan;
}

const decode = (argument: string) =>
  JSON.parse(Buffer.from(argument, 'base64url').toString()) as Record<string, unknown>;
const argumentsOf = (plan: Plan) =>
  plan.sessions.flatMap(({ commands }) =>
    commands.flatMap((command) => (command.type === 'RunScript' ? [command.args] : [])),
  );
const pathsOf = (plan: Plan) =>
  argumentsOf(plan)
    .flatMap(readRequestedFiles)
    .map(({ path }) => path);

describe('makePlan', () => {
  it('puts, runs and gets in Defender’s order, and fetches what a script makes after it', () => {
    const plan = planOf({
      put: ['tool.bin'],
      run: [own(), { script: 'uac.sh', args: '-p x /var/tmp/{collectionId}-{session}', sha256: 'e'.repeat(64) }],
      get: [{ path: '/var/tmp/{collectionId}-{session}/uac.tar.gz', madeBy: 'uac.sh' }, '/var/log/auth.log'],
    });
    const folder = `/var/tmp/evidence-collector-${ID}-0`;
    expect(plan.sessions).toEqual([
      {
        commands: [
          { type: 'PutFile', fileName: 'tool.bin' },
          { type: 'RunScript', scriptName: 'evidence-triage.sh', args: expect.stringMatching(/^[\w-]+$/) },
          { type: 'RunScript', scriptName: 'uac.sh', args: `-p x /var/tmp/${ID}-0` },
          { type: 'GetFile', path: `${folder}/evidence.tar.gz`, madeBy: 1 },
          { type: 'GetFile', path: `/var/tmp/${ID}-0/uac.tar.gz`, madeBy: 2 },
          { type: 'GetFile', path: '/var/log/auth.log', madeBy: null },
        ],
      },
    ]);
    expect(plan.scripts).toEqual([
      { name: 'tool.bin', sha256: 'c'.repeat(64) },
      { name: 'evidence-triage.sh', sha256: 'c'.repeat(64) },
      { name: 'uac.sh', sha256: 'e'.repeat(64) },
    ]);
  });

  it('gives the options as the last key of the request, and none where there are none', () => {
    const [plain, asked] = [planOf({ run: [own()] }), planOf({ run: [own({ options: ['web-shell'] })] })];
    expect(Object.keys(decode(argumentsOf(plain)[0] ?? ''))).toEqual([
      'v',
      'collection',
      'session',
      'archive',
      'limitBytes',
      'limitSeconds',
      'files',
    ]);
    const request = decode(argumentsOf(asked)[0] ?? '');
    expect(Object.keys(request).at(-1)).toBe('options');
    expect(request['options']).toEqual(['web-shell']);
  });

  it('starts detached work and harvests it in a later session, which names the archive of the start', () => {
    const plan = planOf({ run: [own({ detached: { harvest: 'evidence-harvest.sh', afterMinutes: 20 } })] });
    const archive = `/var/tmp/evidence-collector-${ID}-0/evidence.tar.gz`;
    expect(plan.sessions.map(({ commands, delayMs }) => [delayMs ?? 0, ...commands.map(({ type }) => type)])).toEqual([
      [0, 'RunScript'],
      [1_200_000, 'RunScript', 'GetFile'],
    ]);
    const [start, harvest] = argumentsOf(plan).map(decode);
    expect(start).toMatchObject({ archive, session: 0, options: ['detached'] });
    expect(harvest).toMatchObject({ archive, session: 0, files: [] });
    expect(plan.sessions[1]?.commands[1]).toEqual({ type: 'GetFile', path: archive, madeBy: 0 });
    expect(plan.scripts.map(({ name }) => name)).toEqual(['evidence-triage.sh', 'evidence-harvest.sh']);
  });

  it('gives each of several sessions its own folder and delay', () => {
    const plan = planOf([{ run: [own()] }, { delayMinutes: 5, run: [own()] }]);
    expect(plan.sessions.map(({ delayMs }) => delayMs)).toEqual([undefined, 300_000]);
    expect(argumentsOf(plan).map((argument) => decode(argument)['archive'])).toEqual([
      `/var/tmp/evidence-collector-${ID}-0/evidence.tar.gz`,
      `/var/tmp/evidence-collector-${ID}-1/evidence.tar.gz`,
    ]);
  });

  const many = Array.from({ length: 200 }, (_, number) => fileAt(`/srv/data/${'x'.repeat(40)}/file-${number}`));

  it('asks in further sessions for what one request cannot hold, each file once', () => {
    const plan = planOf({ run: [own()] }, {}, many);
    expect(plan.sessions.length).toBeGreaterThan(1);
    expect(new Set(pathsOf(plan)).size).toBe(pathsOf(plan).length);
    expect(plan.filesNotRequested).toBe(200 - pathsOf(plan).length);
    expect(pathsOf(plan).length).toBeGreaterThan(130);
    for (const argument of argumentsOf(plan)) expect(argument.length).toBeLessThanOrEqual(8_000);
  });

  it.each<readonly [string, Profile['limits'], number]>([
    ['minutes', { minutes: 5 }, 1],
    ['minutes for one more', { minutes: 10 }, 2],
    ['bytes', { bytes: 52_428_800 }, 1],
    ['bytes for one more', { bytes: 110_000_000 }, 2],
    ['files', { files: 10 }, 1],
  ])('takes no further session beyond its limit of %s', (_, limits, sessions) => {
    const plan = planOf({ run: [own()] }, { limits: limits ?? {} }, many);
    expect(plan.sessions).toHaveLength(sessions);
    expect(plan.filesNotRequested).toBe(200 - pathsOf(plan).length);
    expect(plan.filesNotRequested).toBeGreaterThan(0);
  });

  it.each<readonly [string, Profile['collect']]>([
    ['one session', { run: [own()] }],
    ['salvage that repeats the request', { put: ['tool.bin'], run: [own()] }],
    ['six sessions', Array.from({ length: 6 }, () => ({ run: [own()] }))],
    [
      'detached work',
      [{ run: [own({ detached: { harvest: 'evidence-harvest.sh', afterMinutes: 1 } })] }, { run: [own()] }],
    ],
  ])('stays within what a row can hold: %s', (_, collect) => {
    const plan = planOf(collect, {}, many);
    const again = plan.sessions.map(({ commands }) => commands.slice(1));
    expect(JSON.stringify(plan).length + JSON.stringify(again).length).toBeLessThan(24_000);
    expect(plan.sessions.flatMap(({ commands }) => commands).length).toBeLessThanOrEqual(50);
  });

  it('starts no session for paths that no request can hold', () => {
    const plan = planOf({ run: [own()] }, {}, [fileAt(`/${'x'.repeat(9_000)}`), fileAt('/etc/hosts')]);
    expect(plan.sessions).toHaveLength(1);
    expect(pathsOf(plan)).toEqual(['/etc/hosts']);
    expect(plan.filesNotRequested).toBe(1);
  });

  it.each<readonly [string, Profile, Partial<PlanningInput>, 'denied' | 'nothing fits', RegExp]>([
    ['no profile', profile({ run: [own()] }, { when: { severity: 'Low' } }), {}, 'nothing fits', /No profile covers/],
    [
      'a machine of the deny list',
      profile({ run: [own()] }),
      { denyList: { never: [{ title: 'the plant', when: { machineGroup: 'Servers' } }], domainControllers: [] } },
      'denied',
      /Nothing is run on web-01\.contoso\.com: the deny list has it \(the plant\)/,
    ],
    [
      'a machine of the deny list by its id',
      profile({ run: [own()] }),
      {
        denyList: {
          never: [{ title: 'one', when: { machineId: samples.MACHINE_ID.toUpperCase() } }],
          domainControllers: [],
        },
      },
      'denied',
      /deny list/,
    ],
    [
      'a domain controller',
      profile({ run: [own()] }),
      { denyList: { never: [], domainControllers: [{ title: 'by tag', when: { machineTag: 'web' } }] } },
      'denied',
      /withheld on web-01\.contoso\.com: the machine counts as a domain controller \(by tag\)/,
    ],
    [
      'a system without scripts',
      profile({ run: [own()] }, { when: {} }),
      { machine: { ...samples.machine, operatingSystem: null, osPlatform: 'Android' } satisfies Machine },
      'nothing fits',
      /no scripts for Android/,
    ],
    [
      'a script that nobody reviewed',
      profile({ run: [own({ script: 'other.sh' })] }),
      {},
      'nothing fits',
      /runs other\.sh, which is not among the reviewed/,
    ],
    [
      'a harvest that nobody reviewed',
      profile({ run: [own({ detached: { harvest: 'x.sh', afterMinutes: 1 } })] }),
      {},
      'nothing fits',
      /runs x\.sh/,
    ],
    [
      'a foreign script without a hash',
      profile({ run: [{ script: 'uac.sh', args: '' }] }),
      {},
      'nothing fits',
      /runs uac\.sh/,
    ],
    [
      'a reviewed script under another hash',
      profile({ run: [{ script: 'tool.bin', args: '', sha256: 'e'.repeat(64) }] }),
      {},
      'nothing fits',
      /pins tool\.bin to a SHA-256 that is not the reviewed one/,
    ],
    [
      'one name under two hashes',
      profile({
        put: [
          { file: 'a.bin', sha256: 'e'.repeat(64) },
          { file: 'a.bin', sha256: 'f'.repeat(64) },
        ],
      }),
      {},
      'nothing fits',
      /pins a\.bin/,
    ],
  ])('plans nothing for %s', (_, given, changes, why, reason) => {
    expect(planning([given], changes)).toEqual({ planning: 'none', why, reason: expect.stringMatching(reason) });
  });
});
