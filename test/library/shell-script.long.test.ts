import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { unixLibrary } from './linux-machine.ts';

const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

const examples = join(import.meta.dirname, '../../profiles/examples');
const scripts = [unixLibrary, examples].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.sh'))
    .map((name) => ({ name, path: join(folder, name) })),
);

// Skipped where shellcheck is not installed since 2026-11-21: a newcomer needs none, and .ci/run, which installs it, checks as well.
describe.runIf(hasShellcheck).each(scripts)('$name', ({ path }) => {
  test('shellcheck has nothing to say', () => {
    const checked = spawnSync('shellcheck', ['--shell=sh', path], { encoding: 'utf8' });
    expect(checked.stdout).toBe('');
    expect(checked.status).toBe(0);
  });
});
