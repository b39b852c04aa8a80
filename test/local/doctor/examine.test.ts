import { readFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { generateKeyPairSync } from 'node:crypto';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { examine, type ExamineParts } from '../../../local/doctor/examine.ts';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { connectStorage } from '../../../shared/connect-storage.ts';
import { readSettings } from '../../../shared/settings.ts';
import { libraryFile, startUnderTest, type UnderTest } from '../simulator/simulator-under-test.ts';

const MAIN = resolve(import.meta.dirname, '../../../local/doctor/main.ts');
const TENANT = 'a839b112-1253-6432-9bf6-94542403f21c';

let azurite: Azurite;
let folder: string;

beforeAll(async () => {
  azurite = await startAzurite();
  folder = await mkdtemp(join(tmpdir(), 'doctor-test-'));
  const { stateStorage, evidenceStorage } = readSettings(storageSettings());
  await (await connectStorage(stateStorage, evidenceStorage)).ready();
});
afterAll(async () => {
  await azurite.close();
  await rm(folder, { recursive: true, force: true });
});

function storageSettings() {
  return { StateStorage: azurite.connectionString, EvidenceStorage: azurite.connectionString };
}

function rightSettings({ simulator }: UnderTest): Record<string, string> {
  return {
    ...storageSettings(),
    DEFENDER_API_URL: simulator.apiUrl,
    DEFENDER_ACCESS_TOKEN: simulator.token,
    RESULT_LINK_HOSTS: 'http://127.0.0.1',
    SIGNING_KEY_ID: pathToFileURL(join(folder, 'key.pem')).href,
    MODE: 'observe',
  };
}

/** A token with other claims than the simulator's own. */
function tokenWith(token: string, changes: Readonly<Record<string, unknown>>): string {
  const [head, body = ''] = token.split('.');
  const claims: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'));
  const changed = { ...(typeof claims === 'object' ? claims : {}), ...changes };
  return `${head}.${Buffer.from(JSON.stringify(changed)).toString('base64url')}.`;
}

/** Examines a tenant in which something was changed, and gives the lines of what is wrong. */
async function findWrong(
  world: UnderTest,
  changes: Readonly<Record<string, string>> = {},
  parts: ExamineParts = {},
): Promise<readonly string[]> {
  const findings = await examine({ ...rightSettings(world), ...changes }, parts);
  for (const { verdict, fix } of findings) if (verdict === 'wrong') expect(fix).toMatch(/\w{3}/);
  return findings.flatMap(({ verdict, check, found, fix }) =>
    verdict === 'wrong' ? [`${check}: ${found} Fix: ${fix}`] : [],
  );
}

/** Runs the command; the simulator lives in this process, so that it must not be waited for at a standstill. */
async function runDoctor(args: readonly string[], settings: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env['PATH'], ...settings } });
  const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: status as number | null, stdout, stderr };
}

const lock = JSON.parse(readFileSync(new URL('../../../library/lock.json', import.meta.url), 'utf8')) as object;

describe('the doctor', () => {
  it('finds nothing wrong where nothing is, in a line for each check, and ends with 0', async () => {
    const world = await startUnderTest();
    const settings = rightSettings(world);
    const { status, stdout, stderr } = await runDoctor([], settings);
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.filter((line) => !/^ok {6}[a-zA-Z]/.test(line))).toEqual([
      'unknown evidence: evidence, immutability: None: it is an emulator, which has no immutability. Fix: Nothing to do on your own machine.',
      'unknown evidence: custody, immutability: None: it is an emulator, which has no immutability. Fix: Nothing to do on your own machine.',
    ]);
    expect(lines.map((line) => line.slice(8).split(/: (?=[A-Z]\w* |None)/)[0])).toEqual([
      'settings',
      'quotas',
      'token',
      'permissions',
      'api: list alerts',
      'api: get alert files',
      'api: get machine',
      'api: list machine actions',
      'api: list library files',
      ...Object.keys(lock).map((name) => `library: ${name}`),
      'clock: Defender',
      'state: table',
      'state: tickets',
      'evidence: evidence',
      'evidence: evidence, immutability',
      'evidence: evidence, written once',
      'evidence: custody',
      'evidence: custody, immutability',
      'evidence: custody, written once',
      'clock: StateStorage',
      'clock: EvidenceStorage',
      'signing key',
    ]);
    expect(status).toBe(0);
    expect(world.simulator.actions()).toEqual([]);
    for (const secret of [world.simulator.token, /AccountKey=([^;]+)/.exec(azurite.connectionString)?.[1] ?? 'none'])
      expect(stdout).not.toContain(secret);
  });

  it('leaves nothing behind in table and containers', async () => {
    const world = await startUnderTest();
    expect(await findWrong(world)).toEqual([]);
    const { stateStorage, evidenceStorage } = readSettings(rightSettings(world));
    const { table, tickets, evidence, custody } = await connectStorage(stateStorage, evidenceStorage);
    const left: string[] = [];
    for await (const { partitionKey } of table.listEntities()) left.push(String(partitionKey));
    for (const container of [tickets, evidence, custody])
      for await (const { name } of container.listBlobsFlat()) left.push(name);
    expect(left).toEqual([]);
  });

  it('names every fault of the settings, and checks nothing else then', async () => {
    const world = await startUnderTest();
    const [line, ...others] = await findWrong(world, { StateStorage: '', MODE: 'on' });
    expect(line).toMatch(/^settings: .*StateStorage: not set/s);
    expect(line).toContain('MODE: ');
    expect(others).toEqual([]);
    expect(world.simulator.calls()).toEqual([]);
  });

  it('names quotas above those of Defender', async () => {
    expect(await findWrong(await startUnderTest(), { LIVE_RESPONSE_CALLS_PER_MINUTE: '11' })).toEqual([
      'quotas: LIVE_RESPONSE_CALLS_PER_MINUTE is 11 and Defender allows 10. Fix: Set LIVE_RESPONSE_CALLS_PER_MINUTE to 10 or less: above it Defender answers 429, to people as well.',
    ]);
  });

  it('names a token for another audience, and the API that does not take it', async () => {
    const world = await startUnderTest();
    const lines = await findWrong(world, {
      DEFENDER_ACCESS_TOKEN: tokenWith(world.simulator.token, { aud: 'https://graph.microsoft.com' }),
    });
    expect(lines[0]).toMatch(/^token: It is for https:\/\/graph\.microsoft\.com, .* Fix: Get one for that audience/);
    expect(lines.filter((line) => /^api: .*401/.test(line))).toHaveLength(5);
  });

  it('names a token of another tenant', async () => {
    const other = '11111111-2222-3333-4444-555555555555';
    const [line] = await findWrong(await startUnderTest(), { DEFENDER_TENANT_ID: other });
    expect(line).toMatch(/^token: It is of the tenant .*555555555555\. Fix: Correct DEFENDER_TENANT_ID/);
    expect(await findWrong(await startUnderTest({ tenantId: TENANT }), { DEFENDER_TENANT_ID: TENANT })).toEqual([]);
  });

  it('names a token that has ended', async () => {
    const world = await startUnderTest();
    const [line] = await findWrong(world, {
      DEFENDER_ACCESS_TOKEN: tokenWith(world.simulator.token, { exp: 1_700_000_000 }),
    });
    expect(line).toMatch(/^token: It ended at 2023-11-14T22:13:20\.000Z\. Fix: Set DEFENDER_ACCESS_TOKEN again/);
  });

  it('names a permission that is lacking, also one that no reading shows', async () => {
    const world = await startUnderTest();
    const roles = ['Machine.ReadWrite.All', 'Alert.Read.All', 'File.Read.All'];
    const lines = await findWrong(world, { DEFENDER_ACCESS_TOKEN: world.simulator.tokenWith(roles) });
    expect(lines[0]).toMatch(
      /^permissions: .*it lacks Machine\.LiveResponse, Library\.Manage, and so cannot run live response, .* Fix: Grant them by infra\/grant-permissions\.sh/,
    );
    expect(lines[1]).toMatch(
      /^api: list library files: Defender answered 403 Forbidden: Library\.Manage is not granted.* Fix: Grant it by/,
    );
    expect(lines).toHaveLength(2);
  });

  it.each([429, 503])('does not call wrong what passes by itself: %i', async (status) => {
    const faults = [
      { on: 'machineactions', do: 'status', status, times: 9, headers: { 'retry-after': '60' } },
    ] as const;
    const findings = await examine(rightSettings(await startUnderTest({ faults })));
    const notOk = findings.filter(({ verdict, check }) => verdict !== 'ok' && !check.endsWith('immutability'));
    expect(notOk).toEqual([
      expect.objectContaining({
        check: 'api: list machine actions',
        verdict: 'unknown',
        fix: 'Run this again in a minute.',
      }),
    ]);
  });

  it("takes a person's token for what it is, and one that cannot be read as well", async () => {
    const world = await startUnderTest();
    const person = tokenWith(world.simulator.token, { roles: [], scp: 'Machine.Read' });
    for (const [token, check] of [
      [person, 'permissions'],
      ['opaque', 'token'],
    ] as const) {
      const findings = await examine({ ...rightSettings(world), DEFENDER_ACCESS_TOKEN: token });
      expect(findings.find((finding) => finding.check === check)?.verdict).toBe('unknown');
    }
  });

  it('wants the permission to comment where comments are switched on, and only there', async () => {
    const world = await startUnderTest();
    const roles = [
      'Machine.LiveResponse',
      'Machine.ReadWrite.All',
      'Library.Manage',
      'Alert.Read.All',
      'File.Read.All',
    ];
    const lacking = { DEFENDER_ACCESS_TOKEN: world.simulator.tokenWith(roles) };
    expect(await findWrong(world, lacking)).toEqual([]);
    expect(await findWrong(world, { ...lacking, COMMENT_ON_ALERT: 'true' })).toEqual([
      expect.stringMatching(
        /^permissions: .*it lacks Alert\.ReadWrite\.All, and so cannot comment on alert\. Fix: .*grant-permissions\.sh.*--comments/,
      ),
    ]);
    const DEFENDER_ACCESS_TOKEN = world.simulator.tokenWith([...roles, 'Alert.ReadWrite.All']);
    expect(await findWrong(world, { DEFENDER_ACCESS_TOKEN, COMMENT_ON_ALERT: 'true' })).toEqual([]);
  });

  it('names an address where no Defender answers', async () => {
    const world = await startUnderTest();
    const lines = await findWrong(world, { DEFENDER_API_URL: 'http://127.0.0.1:1' });
    expect(lines.map((line) => line.split(':')[1])).toEqual([
      ' list alerts',
      ' get alert files',
      ' get machine',
      ' list machine actions',
      ' list library files',
    ]);
    expect(lines[0]).toContain('Fix: Check DEFENDER_API_URL or DEFENDER_CLOUD');
  });

  it('names a script of the tenant that is not the reviewed one, and who put it there', async () => {
    const file = libraryFile('Evidence-Triage.sh', '# not ours');
    const world = await startUnderTest({ libraryFiles: [{ ...file, createdBy: 'mallory@contoso.com' }] });
    const [line, ...others] = await findWrong(world);
    expect(line).toMatch(
      /^library: evidence-triage\.sh: Different: .*mallory@contoso\.com.* Fix: Find out who .*`npm run library -- --apply --replace evidence-triage\.sh`/,
    );
    expect(others).toEqual([]);
  });

  it('names a script of our own that is not the reviewed one', async () => {
    const library = join(folder, 'library');
    await cp(resolve(import.meta.dirname, '../../../library'), library, { recursive: true });
    await writeFile(join(library, 'unix/evidence-triage.sh'), '#!/bin/sh\n');
    const parts = { library: pathToFileURL(`${library}/`) };
    const [line] = await findWrong(await startUnderTest(), {}, parts);
    expect(line).toMatch(
      /^library: library\/unix\/evidence-triage\.sh is not the file that was reviewed.* Fix: Restore/s,
    );
  });

  it('names a table and containers that are not there', async () => {
    const empty = await startAzurite();
    onTestFinished(() => empty.close());
    const lines = await findWrong(await startUnderTest(), {
      StateStorage: empty.connectionString,
      EvidenceStorage: empty.connectionString,
    });
    expect(lines.map((line) => line.split(' Fix: Deploy infra/main.bicep')[0])).toEqual([
      'state: table: There is no table collector.',
      'state: tickets: There is no container tickets.',
      'evidence: evidence: There is no container evidence.',
      'evidence: custody: There is no container custody.',
    ]);
  });

  it('names storage that refuses the app', async () => {
    const StateStorage = azurite.connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${btoa('another key')}`);
    const lines = await findWrong(await startUnderTest(), { StateStorage });
    expect(lines).toEqual([
      expect.stringMatching(
        /^state: table: A row cannot be written\. .*403.* Fix: Give the identity Storage Table Data/,
      ),
      expect.stringMatching(
        /^state: tickets: It cannot be read or written\. .*403.* Fix: Give the identity Storage Blob/,
      ),
    ]);
  });

  it('names a key that cannot sign, and that there is none', async () => {
    const unfit = join(folder, 'unfit.pem');
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    await writeFile(unfit, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const world = await startUnderTest();
    expect(await findWrong(world, { SIGNING_KEY_ID: pathToFileURL(unfit).href })).toEqual([
      expect.stringMatching(/^signing key: .*no private key on P-256.* Fix: Correct SIGNING_KEY_ID/),
    ]);
    expect(await findWrong(world, { SIGNING_KEY_ID: '' })).toEqual([
      expect.stringMatching(/^signing key: SIGNING_KEY_ID is not set.* Fix: Set it to the identifier/),
    ]);
  });

  it.each([
    [60_000, 'ahead of'],
    [-60_000, 'behind'],
  ])('names a clock of ours that is off by %i ms', async (offMs, side) => {
    const lines = await findWrong(await startUnderTest(), {}, { now: () => new Date(Date.now() + offMs) });
    expect(lines.filter((line) => line.startsWith('clock'))).toEqual(
      ['Defender', 'StateStorage', 'EvidenceStorage'].map((service) =>
        expect.stringMatching(new RegExp(`^clock: ${service}: Ours is (59|6\\d) s ${side} it\\. Fix: Let the clock`)),
      ),
    );
  });

  it('ends with 6 when something is wrong, and its lines cannot write to the terminal', async () => {
    const world = await startUnderTest();
    const { status, stdout } = await runDoctor([], {
      ...rightSettings(world),
      DEFENDER_ACCESS_TOKEN: tokenWith(world.simulator.token, { roles: ['x\u001b[2Jy\nok      all'] }),
    });
    expect(status).toBe(6);
    expect(stdout).toMatch(/^wrong {3}permissions: It holds/m);
    expect(stdout).toContain('x[U+001B][2Jy ok      all');
    expect(stdout).not.toContain('\u001b');
  });

  it.each([[['--fast']], [['now']]])('ends with 2 for the wrong use %j', async (args) => {
    const { status, stdout, stderr } = await runDoctor(args, {});
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(args[0] ?? '');
    expect(stderr).toMatch(/^Usage: npm run doctor/m);
  });
});
