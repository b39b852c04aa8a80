import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadScenario } from '../../../local/simulator/load-scenario.ts';
import { type Simulator, startSimulator } from '../../../local/simulator/start-simulator.ts';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';

const MAIN = resolve(import.meta.dirname, '../../../local/library/main.ts');
const SCRIPT = 'evidence-triage.sh';

let folder = '';
let simulator: Simulator;
let storage: Azurite;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'library-'));
  simulator = await startSimulator({ scenario: loadScenario({ machines: 1 }), folder });
  storage = await startAzurite();
});
afterAll(async () => {
  await simulator.close();
  await storage.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command as npm would; without a terminal, so that it prints lines. */
async function library(args: readonly string[] = [], changes: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      StateStorage: storage.connectionString,
      EvidenceStorage: storage.connectionString,
      DEFENDER_API_URL: simulator.apiUrl,
      DEFENDER_ACCESS_TOKEN: simulator.token,
      MODE: 'observe',
      ...changes,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  const [stdout, stderr, status] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return {
    status,
    stderr,
    files: stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => line.split('\t').slice(0, 3).join(' ')),
  };
}

/** Puts a file into the library, as a colleague would by the API. */
async function putFile(name: string): Promise<void> {
  const form = new FormData();
  form.append('file', new File(['echo hello'], name), name);
  form.append('OverrideIfExists', 'true');
  const headers = { authorization: `Bearer ${simulator.token}` };
  const answer = await fetch(`${simulator.apiUrl}/api/libraryfiles`, { method: 'POST', headers, body: form });
  expect(answer.status).toBe(200);
}

const uploads = () => simulator.calls().filter(({ endpoint }) => endpoint === 'upload libraryfile').length;

describe('npm run library', () => {
  it('plans, uploads what is missing, replaces only what is named, and never touches a foreign file', async () => {
    await putFile('memdump.sh');
    const before = uploads();
    const planned = await library();
    expect(planned).toMatchObject({ status: 5, stderr: '' });
    expect(planned.files).toContain(`${SCRIPT} new planned`);
    expect(planned.files).toContain('memdump.sh foreign as it was');
    expect(uploads()).toBe(before);

    const applied = await library(['--apply']);
    expect(applied).toMatchObject({ status: 0, stderr: '' });
    expect(applied.files).toContain(`${SCRIPT} new uploaded`);
    expect(await library()).toMatchObject({ status: 0, files: expect.arrayContaining([`${SCRIPT} same as it was`]) });

    await putFile(SCRIPT);
    for (const args of [[], ['--apply']])
      expect(await library(args)).toMatchObject({
        status: 5,
        files: expect.arrayContaining([`${SCRIPT} different refused`]),
      });
    expect(await library(['--apply', '--replace', SCRIPT])).toMatchObject({
      status: 0,
      files: expect.arrayContaining([`${SCRIPT} different replaced`, 'memdump.sh foreign as it was']),
    });
    expect(await library()).toMatchObject({ status: 0 });
  });

  it.each<readonly [string, readonly string[], Readonly<Record<string, string>>, RegExp]>([
    ['an option that it does not know', ['--force'], {}, /^Usage: npm run library/],
    [
      'a name that is no reviewed script',
      ['--apply', '--replace', 'memdump.sh'],
      {},
      /no reviewed scripts.*evidence-triage\.sh/,
    ],
    ['settings that are missing', [], { StateStorage: '', EvidenceStorage: '' }, /StateStorage/],
    ['a token that Defender refuses', [], { DEFENDER_ACCESS_TOKEN: 'not-a-token' }, /list library files/],
  ])('with %s nothing is compared, and it says what to do', async (_, args, changes, why) => {
    const { status, stderr, files } = await library(args, changes);
    expect({ status, files }).toEqual({ status: 2, files: [] });
    expect(stderr).toMatch(why);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stderr).not.toContain(simulator.token);
  });
});
