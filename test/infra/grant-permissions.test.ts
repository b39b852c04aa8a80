import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PERMISSIONS } from '../../shared/defender/permissions.ts';
import { makeAz, roleId, type Tenant } from './fake-az.ts';

const script = fileURLToPath(new URL('../../infra/grant-permissions.sh', import.meta.url));
const IDENTITY = '11111111-2222-3333-4444-555555555555';
const NEEDED = ['Machine.LiveResponse', 'Machine.ReadWrite.All', 'Library.Manage', 'Alert.Read.All', 'File.Read.All'];
const OFFERED = [...NEEDED, 'Alert.ReadWrite.All', 'Machine.Isolate'];
const TENANT: Tenant = { offered: OFFERED, granted: [], grants: 'allowed', defender: 'there' };

function run(tenant: Tenant, args: readonly string[], answer = '') {
  const az = makeAz(tenant);
  const { status, stdout, stderr } = spawnSync('bash', [script, ...args], {
    env: { PATH: `${az.path}:/usr/bin:/bin` },
    input: answer,
    encoding: 'utf8',
  });
  return { status, stdout, stderr, posts: az.readPosts() };
}

describe.runIf(process.platform !== 'win32')('grant-permissions.sh', () => {
  it('grants what is missing, each permission by the id that its name has in this tenant', () => {
    const { status, posts, stdout } = run({ ...TENANT, granted: ['Library.Manage'] }, [IDENTITY, '--yes']);
    expect(status).toBe(0);
    const granted = posts.map((post) => /"appRoleId":"([^"]+)"/.exec(post)?.[1]);
    expect(granted).toEqual(NEEDED.filter((role) => role !== 'Library.Manage').map((role) => roleId(OFFERED, role)));
    expect(posts.every((post) => post.includes(`"principalId":"${IDENTITY}"`))).toBe(true);
    expect(stdout).toContain('granted  Library.Manage\n');
  });

  it('grants nothing a second time', () => {
    const { status, posts, stdout } = run({ ...TENANT, granted: NEEDED }, [IDENTITY, '--yes']);
    expect([status, posts]).toEqual([0, []]);
    expect(stdout).toContain('has all it needs');
  });

  it('only compares with --check', () => {
    expect(run({ ...TENANT, granted: NEEDED }, [IDENTITY, '--check']).status).toBe(0);
    const { status, posts, stdout } = run({ ...TENANT, granted: NEEDED.slice(1) }, [IDENTITY, '--check']);
    expect([status, posts]).toEqual([1, []]);
    expect(stdout).toContain('missing  Machine.LiveResponse');
  });

  it.each(['n\n', ''])('shows what it would do, and does nothing without a yes (%j)', (answer) => {
    const { status, posts, stdout } = run(TENANT, [IDENTITY], answer);
    expect([status, posts]).toEqual([1, []]);
    expect(stdout).toContain('runs scripts as SYSTEM on every machine');
  });

  it('adds the permission to comment when it is asked for', () => {
    const { posts } = run({ ...TENANT, granted: NEEDED }, [IDENTITY, '--comments'], 'y\n');
    expect(posts).toHaveLength(1);
    expect(posts[0]).toContain(roleId(OFFERED, 'Alert.ReadWrite.All'));
  });

  it.each<[string, Partial<Tenant>, readonly string[], number, string]>([
    ['the tenant has no Defender', { defender: 'missing' }, [IDENTITY], 3, 'az ad sp create --id fc780465'],
    ['a permission is not offered', { offered: NEEDED.slice(0, 4) }, [IDENTITY], 3, 'does not offer'],
    [
      'who is signed in may not grant',
      { grants: 'forbidden' },
      [IDENTITY, '--yes'],
      4,
      'Privileged Role Administrator',
    ],
    ['there is no id', {}, [], 2, 'object id of the identity'],
    ['the id is none', {}, ['me; rm -rf /'], 2, 'object id of the identity'],
    ['an option is unknown', {}, [IDENTITY, '--force'], 2, 'object id of the identity'],
  ])('says what to do when %s', (_, changes, args, code, said) => {
    const { status, stderr, posts } = run({ ...TENANT, ...changes }, args);
    expect(status).toBe(code);
    expect(stderr).toContain(said);
    expect(posts).toEqual([]);
  });

  it('grants a permission for every endpoint that is called, in both of its forms', () => {
    const shell = readFileSync(script, 'utf8');
    const windows = readFileSync(script.replace(/sh$/, 'ps1'), 'utf8');
    for (const [endpoint, permissions] of Object.entries(PERMISSIONS)) {
      for (const text of [shell, windows])
        expect(
          permissions.some((permission) => new RegExp(`[( ']${permission}[) ',]`).test(text)),
          endpoint,
        ).toBe(true);
    }
  });
});
