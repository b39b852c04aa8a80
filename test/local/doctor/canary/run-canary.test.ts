import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '../../../../local/doctor/canary/open-app.ts';
import { type CanaryOrder, runCanary } from '../../../../local/doctor/canary/run-canary.ts';
import { phone, windows } from '../../../../local/simulator/default-machines.ts';
import { makeMachine } from '../../../../local/simulator/make-entities.ts';
import { recordWindows } from '../../../../local/start/record-windows.ts';
import { type AppUnderTest, startAppUnderTest } from '../../../functions/app-under-test.ts';
import { startPlatform } from './app-behind-platform.ts';

const MAIN = resolve(import.meta.dirname, '../../../../local/doctor/main.ts');
const failing = makeMachine({ id: 'f'.repeat(40), osPlatform: 'Windows11', computerDnsName: 'failing' });
const away = makeMachine({ id: 'e'.repeat(40), osPlatform: 'Windows11', computerDnsName: 'away' });

let app: AppUnderTest;
beforeAll(async () => {
  app = await startAppUnderTest({ settings: { WEBSITE_AUTH_ENABLED: 'true' } });
  const failure = { failure: 'The script was blocked.' };
  const scripts = Object.fromEntries(Object.keys(recordWindows().scripts).map((name) => [name, failure]));
  app.simulator.addMachine({ kind: 'recorded', entity: failing, recording: { scripts, files: {} } });
  app.simulator.addMachine({ kind: 'offline', entity: away });
});
afterAll(() => app.close());

interface Run {
  readonly lines: readonly string[];
  readonly said: readonly string[];
}

/** Sends a canary to an address as the holder of a role, and gives its findings as lines. */
async function send(
  address: string,
  token: string | null,
  order: Partial<CanaryOrder> = {},
  limitMs = 60_000,
): Promise<Run> {
  const opened = openApp(address, token);
  if (opened.outcome === 'wrong') throw new Error(opened.why);
  const said: string[] = [];
  const progress = { say: (line: string) => void said.push(line), waitFor: () => undefined, stop: () => undefined };
  const wanted = { machine: windows.id, profile: null, key: `canary-${Math.random()}`, ...order };
  const findings = await runCanary(opened.api, wanted, progress, { limitMs, everyMs: 100 });
  return {
    said,
    lines: findings.map(({ verdict, check, found, fix }) => `${verdict} ${check}: ${found} Fix: ${fix ?? '-'}`),
  };
}

/** What the real command prints, and how it ends. */
async function runDoctor(args: readonly string[], settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], ...settings } });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: status as number | null, stdout, stderr };
}

describe('a canary', () => {
  it('that comes back proves it all, in plain lines, and ends with 0', async () => {
    const TMPDIR = mkdtempSync(join(tmpdir(), 'canary-test-'));
    onTestFinished(() => rmSync(TMPDIR, { recursive: true }));
    const url = await startPlatform(app.url);
    const env = { COLLECTOR_URL: url, COLLECTOR_TOKEN: 'Operate', TMPDIR };
    const { status, stdout, stderr } = await runDoctor(['--canary', windows.computerDnsName ?? ''], env);
    expect(stderr).toBe('');
    const verdicts = stdout.split('\n').filter((line) => /^(?:ok|wrong|unknown) /.test(line));
    expect(verdicts).toEqual([
      expect.stringMatching(/^ok {6}canary: app: Version \S+, MODE collect, polled last at 2\S+\.$/),
      expect.stringMatching(/^ok {6}canary: order: Taken as collection [0-9a-f]{32}\.$/),
      'ok      canary: collection: It ended collected on johns-work-computer: every result is stored.',
      expect.stringMatching(/^ok {6}canary: package: Package [0-9a-f]{32} is intact: \d+ files fit their manifests/),
      expect.stringMatching(/^ok {6}canary: signature: Signed by [\w-]{43}, which the app publishes\.$/),
    ]);
    expect(stdout).toMatch(/^ +\d+\.\d s {2}Live response is accepted as machine action/m);
    expect(stdout).toMatch(/\nProved: the app takes an order, Defender ran the reviewed scripts/);
    expect(stdout).not.toContain('\u001b');
    expect(status).toBe(0);
    expect(readdirSync(TMPDIR)).toEqual([]);
  });

  it('whose package was damaged names the file, and takes the same key for the same collection', async () => {
    const url = await startPlatform(app.url);
    const order = { key: 'canary-damaged' };
    const { lines: whole } = await send(url, 'Operate', order);
    expect(whole.map((line) => line.split(' ')[0])).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
    const [, id = ''] = /collection ([0-9a-f]{32})/.exec(whole[1] ?? '') ?? [];
    const blobs = BlobServiceClient.fromConnectionString(app.storage.connectionString).getContainerClient('evidence');
    const names: string[] = [];
    for await (const { name } of blobs.listBlobsFlat({ prefix: `${id}/data/0-` })) names.push(name);
    const [name = ''] = names.filter((one) => one.endsWith('/content'));
    await blobs.getBlockBlobClient(name).uploadData(Buffer.from('not what was sealed'));
    const { lines } = await send(url, 'Operate', order);
    expect(lines[1]).toBe(whole[1]);
    expect(lines[3]).toMatch(
      new RegExp(
        `^wrong canary: package: Package ${id} is not what was sealed: .*${name.slice(33)}: .* Fix: Touch nothing`,
      ),
    );
    expect(lines).toHaveLength(4);
  });

  it('that ends failed says the reason of the collection, and ends with 6', async () => {
    const env = { COLLECTOR_TOKEN: 'Operate' };
    const url = await startPlatform(app.url);
    const { status, stdout } = await runDoctor(['--canary', failing.id.toUpperCase(), '--app', url], env);
    expect(stdout).toMatch(/^wrong {3}canary: collection: It ended failed\. \S.* Fix: Do as the reason says/m);
    expect(stdout).not.toContain('Proved');
    expect(status).toBe(6);
  });

  it.each([
    ['a machine that no profile covers', { machine: phone.id }, /It ended skipped\. .* Fix: Choose a machine/],
    ['a profile that there is none of', { profile: 'no-such-profile' }, /It ended \w+\. .*no-such-profile.* Fix: \w/],
  ])('on %s says so', async (_, order, said) => {
    const { lines } = await send(await startPlatform(app.url), 'Operate', order);
    expect(lines.at(-1)).toMatch(/^wrong canary: collection: /);
    expect(lines.at(-1)).toMatch(said);
  });

  it('on a machine that is away is unknown once its time is up', async () => {
    const { lines } = await send(await startPlatform(app.url), 'Operate', { machine: away.id }, 0);
    expect(lines.at(-1)).toMatch(
      /^unknown canary: collection: It is still \w+\. .* Fix: Look at GET \/api\/collections\/[0-9a-f]{32} later/,
    );
  });

  it.each([
    [null, /^wrong canary: app: It answered 401: .* Fix: Set COLLECTOR_TOKEN to a new token/, 1],
    ['Nothing', /^wrong canary: app: It answered 403: .*has no role.* Fix: Give yourself the role Operate/, 1],
    [
      'Submit',
      /^wrong canary: order: The app answered 403: .*Submit.*needs Operate.* Fix: Give yourself the role Operate/,
      2,
    ],
  ] as const)('of a caller with the token %s names the role that is lacking', async (token, said, lines) => {
    const run = await send(await startPlatform(app.url), token);
    expect(run.lines.at(-1)).toMatch(said);
    expect(run.lines).toHaveLength(lines);
  });

  it('of a wrong machine says what a right one is', async () => {
    const { lines } = await send(await startPlatform(app.url), 'Operate', { machine: '../x' });
    expect(lines.at(-1)).toMatch(/^wrong canary: order: The app answered 400: Its machineName is not the name/);
  });
});

/** Something in the app's place that answers the same to everything. */
async function startStandIn(status: number, body: string, headers: Record<string, string> = {}): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

describe('before an order is given', () => {
  const health = { version: '1', mode: 'collect', lastPollAt: '2026-01-01T00:00:00Z', pause: null };

  it.each([
    ['observes only', { ...health, mode: 'observe' }, /MODE is observe.* Fix: Deploy with mode=collect/],
    ['is paused', { ...health, pause: { by: 'x' } }, /It is paused.* Fix: POST \/api\/resume/],
    ['has no timer', { ...health, lastPollAt: null }, /Its timer has never run.* Fix: POST \/api\/poll/],
    ['is something else', { hello: 'world' }, /is not this app\. Fix: Give the address of the app/],
  ])('an app that %s is named', async (_, answer, said) => {
    const { lines } = await send(await startStandIn(200, JSON.stringify(answer)), 'Operate');
    expect(lines).toEqual([expect.stringMatching(said)]);
  });

  it('an address where nothing answers is named', async () => {
    const { lines } = await send('http://127.0.0.1:1', 'Operate');
    expect(lines).toEqual([expect.stringMatching(/^wrong canary: app: It cannot be reached.* Fix: Give the address/)]);
  });

  it('a token is not taken along to where a redirect leads', async () => {
    const seen: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(200).end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      server.close();
    });
    const address = server.address();
    const location = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/api/health`;
    const { lines } = await send(await startStandIn(302, '', { location }), 'Operate');
    expect(lines).toEqual([expect.stringMatching(/^wrong canary: app: It answered 302/)]);
    expect(seen).toEqual([]);
  });

  it.each([
    [['--canary', 'pc'], {}, 'Which app?'],
    [['--canary', 'pc'], { COLLECTOR_URL: 'http://collector.example.com' }, 'A token is sent by https alone'],
    [['--canary', 'pc'], { COLLECTOR_URL: 'collector' }, 'The address is not such as'],
  ])('%j with %j is refused: %s', async (args, env, why) => {
    const { status, stdout, stderr } = await runDoctor(args, env);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(why);
  });
});
