import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What the tenant of a stand-in for the Azure command line is like. */
export interface Tenant {
  /** Application permissions that Defender offers, by value; the id of each is made of its place. */
  readonly offered: readonly string[];
  /** Those that the identity has. */
  readonly granted: readonly string[];
  /** Whether whoever is signed in may grant. */
  readonly grants: 'allowed' | 'forbidden';
  readonly defender: 'there' | 'missing';
}

/** The id that a permission has in the stand-in. */
export function roleId(offered: readonly string[], value: string): string {
  return `00000000-0000-0000-0000-${String(offered.indexOf(value)).padStart(12, '0')}`;
}

/** A folder with an `az` that answers as the tenant would, and what it was asked to post. */
export function makeAz(tenant: Tenant): { readonly path: string; readonly readPosts: () => readonly string[] } {
  const path = mkdtempSync(join(tmpdir(), 'fake-az-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const posts = join(path, 'posts');
  writeFileSync(posts, '');
  const held = tenant.granted.map((value) => roleId(tenant.offered, value)).join('\\n');
  const roles = tenant.offered
    .map((value) => `    *"value=='${value}'"*) echo ${roleId(tenant.offered, value)}; exit 0 ;;`)
    .join('\n');
  const script = `#!/usr/bin/env bash
case "$*" in
  'cloud show'*) echo https://graph.microsoft.com/ ;;
  'ad sp show'*"appRoles"*) case "$*" in
${roles}
    *) exit 0 ;;
  esac ;;
  'ad sp show'*) ${tenant.defender === 'there' ? 'echo 99999999-0000-0000-0000-000000000000' : 'exit 3'} ;;
  'rest --method get'*) printf '${held}\\n' ;;
  'rest --method post'*) ${tenant.grants === 'forbidden' ? 'exit 1' : `printf '%s\\n' "$*" >>'${posts}'`} ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;
  writeFileSync(join(path, 'az'), script);
  chmodSync(join(path, 'az'), 0o755);
  return {
    path,
    readPosts: () =>
      readFileSync(posts, 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
  };
}
