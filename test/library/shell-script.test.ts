import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unixLibrary } from './linux-machine.ts';

// A word where a command stands: at the front, in a pipe or a substitution, or given to the script's own runners.
function asCommand(words: string): RegExp {
  return new RegExp(`(?:^|[|;&({]|run \\S+ \\d+ \\d+|run_for \\S+)\\s*(?:${words})\\b`, 'm');
}

describe.each(readdirSync(unixLibrary))('%s', (name) => {
  const path = join(unixLibrary, name);
  // Comments apart.
  const code = readFileSync(path, 'utf8')
    .replaceAll(/^\s*#.*$/gm, '')
    .replaceAll('\\\n', '');

  test.each(['bash', 'dash'])('%s can parse it', (shell) => {
    expect(spawnSync(shell, ['-n', path], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
  });

  test.each([
    { what: 'runs text as code', pattern: asCommand('eval|source|\\.|sh|bash|dash') },
    { what: 'reaches out', pattern: asCommand('curl|wget|nc|ncat|ssh|scp|ftp|telnet|dig|nslookup|host|getent|ping') },
    {
      what: 'looks beyond the file system it was sent to',
      pattern: /^.*\blist_(?:files|found|hashed_files) ["/\\$](?!.* -xdev\b).*$/m,
    },
    { what: 'names an address', pattern: /\/dev\/tcp|https?:/ },
    {
      what: 'changes the machine',
      pattern: asCommand('apt|apt-get|yum|dnf|modprobe|insmod|useradd|chmod|chown|sysctl(?! -n)|crontab'),
    },
    { what: 'steers services', pattern: /systemctl (?!list-)/ },
    {
      what: 'reads password hashes or keys',
      pattern: /g?shadow\b|id_rsa|id_ed25519|\.pem\b|\.aws|\.azure|\.git-credentials|\.netrc/,
    },
  ])('it never $what', ({ pattern }) => {
    expect(pattern.exec(code)?.[0]).toBeUndefined();
  });
});

test('those rules can find something', () => {
  expect(asCommand('curl').test('  x=1\n  run log 5 10 curl x')).toBe(true);
  expect(asCommand('eval').test('a | eval "$b"')).toBe(true);
});
