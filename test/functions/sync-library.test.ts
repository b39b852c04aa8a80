import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppUnderTest, firstCollection, startAppUnderTest } from './app-under-test.ts';

const SCRIPT = 'evidence-triage.sh';

let app: AppUnderTest;

beforeAll(async () => {
  app = await startAppUnderTest();
});
afterAll(() => app.close());

interface Answer {
  readonly outcome: string;
  readonly library: string;
  readonly files: readonly { readonly name: string; readonly state: string; readonly outcome: string }[];
}

async function sync(body?: unknown) {
  const answer = await fetch(`${app.url}/api/library/sync`, {
    method: 'POST',
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  });
  return { status: answer.status, body: (await answer.json()) as Answer };
}

async function putFile(name: string): Promise<void> {
  const form = new FormData();
  form.append('file', new File(['echo hello'], name), name);
  form.append('OverrideIfExists', 'true');
  const headers = { authorization: `Bearer ${app.simulator.token}` };
  const answer = await fetch(`${app.simulator.apiUrl}/api/libraryfiles`, { method: 'POST', headers, body: form });
  expect(answer.status).toBe(200);
}

const told = ({ body }: { readonly body: Answer }) =>
  body.files.map((file) => `${file.name} ${file.state} ${file.outcome}`);

describe('POST /api/library/sync', () => {
  it('plans by default, applies when it is told to, and replaces only what is named', async () => {
    const planned = await sync();
    expect(planned).toMatchObject({ status: 200, body: { outcome: 'planned', library: 'lacks reviewed scripts' } });
    expect(told(planned)).toContain(`${SCRIPT} new planned`);
    expect(told(await sync({}))).toContain(`${SCRIPT} new planned`);

    const applied = await sync({ apply: true });
    expect(applied).toMatchObject({ status: 200, body: { outcome: 'applied', library: 'holds the reviewed scripts' } });
    expect(told(applied)).toContain(`${SCRIPT} new uploaded`);

    await putFile(SCRIPT);
    await putFile('memdump.sh');
    const refused = await sync({ apply: true });
    expect(told(refused)).toEqual(
      expect.arrayContaining([`${SCRIPT} different refused`, 'memdump.sh foreign as it was']),
    );
    expect(JSON.stringify(refused.body)).toMatch(/put there by [^"]+ on \d{4}-/);
    const replaced = await sync({ apply: true, replace: [SCRIPT] });
    expect(replaced).toMatchObject({ status: 200, body: { library: 'holds the reviewed scripts' } });
    expect(told(replaced)).toContain(`${SCRIPT} different replaced`);
  });

  it.each([
    ['a misspelt key', { aply: true }],
    ['a name that is no reviewed script', { apply: true, replace: ['memdump.sh'] }],
    ['no JSON', 'apply'],
  ])('with %s it does nothing', async (_, body) => {
    const uploads = () => app.simulator.calls().filter(({ endpoint }) => endpoint === 'upload libraryfile').length;
    const before = uploads();
    expect(await sync(body)).toMatchObject({ status: 400, body: { code: 'wrong-order' } });
    expect(uploads()).toBe(before);
  });
});

it('the answers of a collection and of its evidence say that the reviewed script ran, as it says itself', async () => {
  const { id } = await firstCollection(await app.send({ alertId: app.alertIds[0] }));
  await app.waitForEnd(id);
  const proven = { verdict: 'proven', explanation: expect.stringContaining('the script says the same of itself') };
  expect(await (await app.get(`/api/collections/${id}`)).json()).toMatchObject({
    status: 'collected',
    results: [{ script: proven }, { script: proven }],
  });
  const { files } = (await (await app.get(`/api/collections/${id}/evidence`)).json()) as {
    files: { path: string; script: unknown }[];
  };
  const marked = new Map(files.map(({ path, script }) => [path, script]));
  expect(marked.get('data/0-0-runscript/transcript.json')).toMatchObject(proven);
  expect(marked.get('data/0-1-getfile/content')).toMatchObject(proven);
  expect(marked.get('collection.json')).toBeNull();
  expect(await (await app.get(`/api/collections/${id}/report`)).text()).toContain('<dt>Reviewed script</dt>');
});
