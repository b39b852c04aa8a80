import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manual = readFileSync(join(root, 'docs/deploy.md'), 'utf8');

/** Stands for az, npm, zip and curl: notes what it is called with, wants each file that it is given, and answers with an id. */
const STAND_IN = `#!/usr/bin/env bash
printf '%s' "\${0##*/}" >>"$CALLS"; printf ' %s' "$@" >>"$CALLS"; printf '\\n' >>"$CALLS"
for argument in "$@"; do
  case $argument in @*) [ -f "\${argument#@}" ] || { echo "There is no file \${argument#@}" >&2; exit 9; } ;; esac
done
echo 5a0c2c0a-3f0e-4c39-9b7e-0a3d6c2f7b99
`;

/** Runs every command of a manual from top to bottom, as a reader would, in a folder with what it refers to. */
function follow(text: string) {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => String(block));
  const commands = blocks.join('\n').replaceAll(/<[a-z][a-z ]*>/g, 'something');
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  cpSync(join(root, 'infra'), join(folder, 'infra'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  for (const name of ['az', 'npm', 'zip', 'curl']) {
    writeFileSync(join(folder, 'bin', name), STAND_IN);
    chmodSync(join(folder, 'bin', name), 0o755);
  }
  const env = { PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter), CALLS: join(folder, 'calls') };
  const script = join(folder, 'steps.sh');
  writeFileSync(script, commands);
  const run = spawnSync('bash', ['--norc', '-euo', 'pipefail', script], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  const calls = existsSync(env.CALLS) ? readFileSync(env.CALLS, 'utf8').trimEnd().split('\n') : [];
  return { status: run.status, stderr: run.stderr, calls, blocks: blocks.length };
}

it('deploy.md can be followed from top to bottom: each variable is set, and each file is there, before it is used', () => {
  const { status, stderr, calls, blocks } = follow(manual);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(blocks).toBeGreaterThan(10);
  const group = calls.filter((call) => call.startsWith('az deployment group create '));
  expect(group).toContainEqual(
    expect.stringMatching(/infra\/main\.bicep --parameters @collector\.parameters\.json .*--what-if$/),
  );
  expect(group).toContainEqual(expect.stringMatching(/infra\/playbooks\.bicep /));
  expect(calls).toContainEqual(
    expect.stringMatching(/^az rest --method post .*\/appRoleAssignedTo --body \{"principalId":"5a0c/),
  );
  expect(calls).toContainEqual(expect.stringMatching(/^npm run doctor -- --canary something$/));
  for (const container of ['evidence', 'custody'])
    expect(calls).toContainEqual(
      expect.stringMatching(new RegExp(`immutability-policy lock .*--container-name ${container} --if-match 5a0c`)),
    );
});

it.each([
  ['a variable that nothing sets', '"api://$app"', '"api://$application"', 'application: unbound variable'],
  [
    'a file that there is none of',
    '@infra/api-access.json',
    '@infra/api-acces.json',
    'There is no file infra/api-acces.json',
  ],
  ['a quote that does not end', '"$(get appUrl)/api/health"', '"$(get appUrl)/api/health', 'syntax error'],
  ['a function that there is none of', '\ndeploy\n', '\ndeply\n', 'deply: command not found'],
])('with %s planted it cannot', (_, right, wrong, why) => {
  expect(manual).toContain(right);
  const { status, stderr } = follow(manual.replace(right, wrong));
  expect(status).not.toBe(0);
  expect(stderr).toContain(why);
});
