import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parsePowerShell, walk } from '../library/powershell-tree.ts';

const path = (name: string) => fileURLToPath(new URL(`../../infra/${name}`, import.meta.url));
const module = readFileSync(path('modules/ticket-subscription.bicep'), 'utf8');
const windows = readFileSync(path('subscribe-tickets.ps1'), 'utf8');
const KEY = 'the-key-SECRET==';
const ARGS = ['evidence', 'collector-x', 'tickets-x'];

/** What a stand-in for the Azure command line answers; it writes down what it was asked to create. */
interface Answers {
  readonly show?: string;
  readonly keys?: string;
  readonly create?: string;
}

function run(args: readonly string[], answers: Answers = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'fake-az-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const created = join(folder, 'created');
  writeFileSync(created, '');
  const az = `#!/usr/bin/env bash
case "$*" in
  'functionapp show'*) ${answers.show ?? 'echo collector-x.azurewebsites.net'} ;;
  'functionapp keys list'*) ${answers.keys ?? `echo '${KEY}'`} ;;
  'eventgrid system-topic event-subscription create'*) printf '%s\\n' "$*" >>'${created}'; ${answers.create ?? 'exit 0'} ;;
  *) echo "unexpected: $*" >&2; exit 9 ;;
esac
`;
  writeFileSync(join(folder, 'az'), az);
  chmodSync(join(folder, 'az'), 0o755);
  const { status, stdout, stderr } = spawnSync('bash', [path('subscribe-tickets.sh'), ...args], {
    env: {
      PATH: `${folder}:/usr/bin:/bin`,
      SUBSCRIBE_TRIES: '3',
      SUBSCRIBE_PAUSE_SECONDS: '0',
      COUNT: join(folder, 'n'),
    },
    encoding: 'utf8',
  });
  const lines = readFileSync(created, 'utf8').split('\n');
  return { status, stdout, stderr, created: lines.filter((line) => line !== '') };
}

const hasError = (text: string) => [...walk(parsePowerShell(text))].some((node) => node.isError || node.isMissing);

describe.runIf(process.platform !== 'win32')('subscribe-tickets.sh', () => {
  it('writes the subscription of the template, and says nothing of the key', () => {
    const { status, stdout, stderr, created } = run(ARGS);
    expect({ status, stdout, stderr }).toEqual({
      status: 0,
      stdout: 'collector-x is told of each ticket by tickets-x.\n',
      stderr: '',
    });
    const [line = '', ...others] = created;
    expect(others).toEqual([]);
    expect(line).toContain('--resource-group evidence --system-topic-name tickets-x --name tickets ');
    expect(line).toContain(
      `--endpoint https://collector-x.azurewebsites.net/runtime/webhooks/blobs?functionName=Host.Functions.copy-result&code=${KEY} `,
    );
  });

  it('waits for the key that the app makes at its first start', () => {
    const { status, created } = run(ARGS, {
      keys: `echo x >>"$COUNT"; [ "$(wc -l <"$COUNT")" -lt 3 ] || echo '${KEY}'`,
    });
    expect(status).toBe(0);
    expect(created).toHaveLength(1);
  });

  it.each<[string, Answers, readonly string[], number, string]>([
    ['there is no app', { show: 'exit 3' }, ARGS, 3, 'Are you signed in'],
    ['the app never started', { keys: 'exit 1' }, ARGS, 4, 'https://collector-x.azurewebsites.net/api/health'],
    ['the app has no such key', { keys: 'echo' }, ARGS, 4, 'the timer copies each result'],
    ['Event Grid refuses', { create: 'exit 1' }, ARGS, 5, 'Then run this again'],
    ['an argument is missing', {}, ['evidence', 'collector-x'], 2, '<system topic of tickets>'],
    ['an output of azd is empty', {}, ['evidence', '', 'tickets-x'], 2, '<system topic of tickets>'],
  ])('says what to do when %s', (_, answers, args, code, said) => {
    const { status, stderr, stdout } = run(args, answers);
    expect([status, stdout]).toEqual([code, '']);
    expect(stderr).toContain(said);
    expect(stderr).not.toContain(KEY);
  });
});

describe('the three ways to subscribe', () => {
  const shell = readFileSync(path('subscribe-tickets.sh'), 'utf8');
  const pick = (pattern: RegExp) => pattern.exec(module)?.[1] ?? 'not found';

  it.each([
    ['function', pick(/(webhooks\/blobs\?functionName=[\w.-]+&code=)/)],
    ['name', `--name ${pick(/^ {2}name: '(tickets)'/m)}`],
    ['event', `--included-event-types ${pick(/includedEventTypes: \['([\w.]+)'\]/)} `],
    ['container', `--subject-begins-with ${pick(/subjectBeginsWith: '([^']+)'/)} `],
    ['attempts', `--max-delivery-attempts ${pick(/maxDeliveryAttempts: (\d+)/)} `],
    ['life', `--event-ttl ${pick(/eventTimeToLiveInMinutes: (\d+)/)} `],
  ])('have the same %s', (_, words) => {
    expect(shell).toContain(words);
    expect(windows).toContain(words);
  });

  it('are PowerShell without an error', () => {
    expect(hasError(windows)).toBe(false);
    expect(hasError(`${windows}\nif (`)).toBe(true);
    expect(windows).not.toMatch(/Invoke-Expression|\biex\b/i);
  });
});
