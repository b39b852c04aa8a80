import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { type App, startApp } from '../../local/start/start-app.ts';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';
import { principalHeader } from './principal-header.ts';

interface Registration {
  readonly name: string;
  readonly method: string;
  readonly url: string;
}

/** The HTTP functions as the host prints them when it starts, with ids in place of parameters. */
function listRegistrations(log: string): readonly Registration[] {
  return [...log.matchAll(/^(\S+) httpTrigger (\S+) (\S+)$/gm)].flatMap(([, name = '', methods = '', url = '']) =>
    methods.split(',').map((method) => ({
      name,
      method,
      url: url.replace('machines/{id}', `machines/${'a'.repeat(40)}`).replaceAll(/\{\*?\w+\}/g, 'f'.repeat(32)),
    })),
  );
}

async function call({ method, url }: Registration, headers: Readonly<Record<string, string>>) {
  const answer = await fetch(url, { method, headers });
  const type = answer.headers.get('content-type');
  const body = type === 'application/problem+json' ? ((await answer.json()) as { code: string }).code : null;
  return { status: answer.status, code: body };
}

describe('where the platform authenticates', () => {
  let app: AppUnderTest;
  let registrations: readonly Registration[] = [];
  beforeAll(async () => {
    app = await startAppUnderTest({ settings: { WEBSITE_AUTH_ENABLED: 'true', SUBMIT_DAILY_LIMIT: '3' } });
    registrations = listRegistrations(await app.readLog());
  });
  afterAll(() => app.close());
  const as = (...roles: readonly string[]) => ({ 'content-type': 'application/json', ...principalHeader(roles) });

  it('no function answers nobody, or a caller without a role', async () => {
    expect(registrations.length).toBeGreaterThan(15);
    for (const registration of registrations) {
      const { name } = registration;
      expect({ name, ...(await call(registration, {})) }).toEqual({ name, status: 401, code: 'not-signed-in' });
      expect({ name, ...(await call(registration, principalHeader(['Owner']))) }).toEqual({
        name,
        status: 403,
        code: 'not-allowed',
      });
    }
  });

  it('each role reaches its own functions only', async () => {
    const reached = async (role: string) => {
      const names: string[] = [];
      for (const registration of registrations)
        if ((await call(registration, principalHeader([role]))).status !== 403) names.push(registration.name);
      return names;
    };
    const all = registrations.map(({ name }) => name);
    const read = await reached('Read');
    const submit = await reached('Submit');
    for (const name of all) {
      const isOrder = registrations.some((one) => one.name === name && one.method === 'POST');
      expect({ name, read: read.includes(name) }).toEqual({ name, read: !isOrder });
    }
    expect(submit.sort()).toEqual(expect.arrayContaining(['get-health', 'get-keys', 'get-operation', 'receive-alert']));
    for (const name of ['get-collection', 'get-report', 'list-evidence', 'pause', 'wake-poll'])
      expect(submit).not.toContain(name);
    expect(await reached('Operate')).toEqual(all);
  });

  it('a submitter sends an alert and follows it; who it was is in the custody log', async () => {
    const answer = await app.send({ alertId: app.alertIds[0] }, as('Submit'));
    expect(answer.status).toBe(202);
    const { id } = await firstCollection(answer);
    const location = answer.headers.get('location') ?? '';
    expect((await fetch(location, { headers: as('Submit') })).status).toBeLessThan(300);
    const custody = await (await fetch(`${app.url}/api/collections/${id}/custody`, { headers: as('Read') })).json();
    expect(custody).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({ event: 'received', actor: 'http', caller: '00000000-aaaa-bbbb-cccc-000000000001' }),
      ]),
    });
  });

  it('a submitter chooses neither profile nor files, and an operator may', async () => {
    const chosen = { alertId: app.alertIds[1], profile: 'windows-triage' };
    const refused = await app.send(chosen, as('Submit'));
    expect(refused.status).toBe(403);
    expect(await refused.json()).toMatchObject({ code: 'not-allowed', detail: expect.stringContaining('profile') });
  });

  it('a submitter has a limit for the day, of which a caller next to it is not a part', async () => {
    const many = Array.from({ length: 3 }, (_, number) => ({ alertId: `da1_${number}` }));
    const refused = await app.send(many, as('Submit'));
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await refused.json()).toMatchObject({ code: 'too-many-today' });
    const other = { ...as(), ...principalHeader(['Submit'], '00000000-aaaa-bbbb-cccc-000000000002') };
    expect((await app.send(many, other)).status).toBe(202);
    expect((await app.send([...many, ...many], as('Submit', 'Operate'))).status).toBe(202);
  });
});

describe('where only a key protects the app', () => {
  let app: App;
  let folder = '';
  let registrations: readonly Registration[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'roles-'));
    const logFile = join(folder, 'app.log');
    // No storage is there: what is refused must be refused before any is asked for.
    const settings = {
      StateStorage: 'UseDevelopmentStorage=true',
      EvidenceStorage: 'UseDevelopmentStorage=true',
      DEFENDER_ACCESS_TOKEN: 'none',
      WEBSITE_SITE_NAME: 'collector',
      SIGNING_KEY_ID: '',
      HOST_LISTENS_ON: 'loopback',
      POLL_SCHEDULE: '0 0 0 1 1 *',
      MODE: 'off',
    };
    app = await startApp({ port: 0, settings, logFile });
    registrations = listRegistrations(await readFile(logFile, 'utf8'));
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("an attacker's identity header gives nothing: what operators do stays refused", async () => {
    const orders = registrations.filter(({ name, method }) => method === 'POST' && name !== 'receive-alert');
    expect(orders.length).toBeGreaterThan(5);
    for (const order of orders) {
      const { name } = order;
      const expected = { name, status: 403, code: 'not-allowed' };
      expect({ name, ...(await call(order, {})) }).toEqual(expected);
      expect({ name, ...(await call(order, principalHeader(['Read', 'Submit', 'Operate']))) }).toEqual(expected);
    }
  });
});
