import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppUnderTest, startAppUnderTest } from './app-under-test.ts';

let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest();
});
afterAll(() => app.close());

const ask = (body: unknown) =>
  fetch(`${app.url}/api/plan`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('POST /api/plan', () => {
  it('says of each alert what would be done, and does nothing', async () => {
    const answer = await ask(app.alertIds.map((alertId) => ({ alertId })));
    expect(answer.status).toBe(200);
    const { plans } = (await answer.json()) as { plans: { outcome: string }[] };
    expect(plans).toMatchObject([
      {
        outcome: 'would collect',
        collection: null,
        sessions: [{ commands: [{ type: 'RunScript', scriptName: 'evidence-triage.sh' }, { type: 'GetFile' }] }],
        scripts: [{ name: 'evidence-triage.sh', library: 'missing' }],
        cost: { liveResponses: 1 },
        expectedWait: { seconds: 0 },
      },
      { outcome: 'would collect', scripts: [{ name: 'evidence-triage.ps1' }] },
      { outcome: 'would collect nothing', reason: expect.stringContaining('names no machine') },
      { outcome: 'would collect nothing', reason: expect.stringContaining('Android') },
    ]);
    expect(app.simulator.actions()).toEqual([]);
    expect(await (await app.get('/api/collections')).json()).toMatchObject({ collections: [] });
  });

  it.each([
    ['', 400, 'no-body'],
    ['{', 400, 'not-json'],
    [{}, 422, 'unknown-payload'],
    [Array.from({ length: 21 }, (_, number) => ({ alertId: `da1_${number}` })), 413, 'too-many-alerts'],
  ])('answers %j with a problem', async (body, status, code) => {
    const answer = await ask(body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code, detail: expect.stringMatching(/\.$/) });
  });

  it('answers of an alert that nobody knows', async () => {
    expect(await (await ask({ alertId: 'da1_1' })).json()).toMatchObject({
      plans: [{ alertId: 'da1_1', reason: 'Defender does not know alert da1_1.' }],
    });
  });
});

const main = fileURLToPath(new URL('../../local/plan/main.ts', import.meta.url));

type Ran = { readonly code: number; readonly out: string; readonly err: string };

function planWith(settings: Readonly<Record<string, string>>, given: readonly string[]): Promise<Ran> {
  const env = {
    ...process.env,
    StateStorage: app.storage.connectionString,
    EvidenceStorage: app.storage.connectionString,
    DEFENDER_API_URL: app.simulator.apiUrl,
    DEFENDER_ACCESS_TOKEN: app.simulator.token,
    RESULT_LINK_HOSTS: 'http://127.0.0.1',
    MODE: 'observe',
    ...settings,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...given], { env }, (fault, out, err) =>
      resolve({ code: typeof fault?.code === 'number' ? fault.code : 0, out, err }),
    );
  });
}

const plan = (...given: readonly string[]) => planWith({}, given);

describe('npm run plan', () => {
  it('looks an alert up and tells a person what would be done', async () => {
    const file = join(app.folder, 'alert.json');
    await writeFile(file, JSON.stringify({ alertId: app.alertIds[0] }));
    const { code, out, err } = await plan(file);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('would be taken.');
    expect(out).toContain('RunScript evidence-triage.sh eyJ2');
    expect(out).toContain('in the library missing');
    expect(out).toContain('Expected wait: 0 s.');
    expect(app.simulator.actions()).toEqual([]);
  });

  it('plans for an alert with its machine without asking anybody', async () => {
    const payload = fileURLToPath(new URL('../profiles/payloads/linux-hostile-names.json', import.meta.url));
    const { code, out } = await plan(payload, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      plans: [{ profile: 'linux-triage', scripts: [{ library: 'not asked' }] }],
    });
    const { out: lines } = await plan(payload);
    expect(lines).not.toContain('\u202e');
    expect(lines).not.toMatch(/^b;/m);
  });

  it('tallies the tenant’s alerts of the last days', async () => {
    const { code, out } = await plan('--since', '30d', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      alerts: 4,
      profiles: expect.arrayContaining([
        expect.objectContaining({ alerts: 1, collections: 1, machines: 1, liveResponses: 1 }),
      ]),
      skipped: expect.arrayContaining([{ reason: 'The alert names no machine.', alerts: 1 }]),
    });
    expect((await plan('--since', '30d')).out).toContain('4 alerts of the last 720 hours');
    expect(app.simulator.actions()).toEqual([]);
  });

  it('names the settings that it lacks', async () => {
    const { code, err } = await planWith({ MODE: 'perhaps' }, ['--since', '1d']);
    expect(code).toBe(2);
    expect(err).toContain('- MODE: ');
  });

  it.each([[[]], [['a', 'b']], [['--since', 'soon']], [['x.json', '--since', '1d']], [['/nowhere.json']], [['--odd']]])(
    'refuses %j with how it is used',
    async (given) => {
      const { code, err } = await plan(...given);
      expect(code).toBe(2);
      expect(err).toContain('Usage: npm run plan');
    },
  );
});
