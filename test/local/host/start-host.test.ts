import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startHost } from '../../../local/host/start-host.ts';
import { fixtureApp } from './start-main.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-'));
});
afterAll(() => rm(folder, { recursive: true }));

const log = () => undefined;
const start = (settings = {}, appFile = fixtureApp) => startHost({ appFile, port: 0, settings, log });

/** An app of one registration, in a folder of its own without a host.json. */
async function writeApp(name: string, registration: string): Promise<string> {
  const appFile = join(folder, name);
  const library = JSON.stringify(import.meta.resolve('@azure/functions'));
  await writeFile(appFile, `import functions from ${library};\nconst { app } = functions;\n${registration}`);
  return appFile;
}

describe('startHost', () => {
  it.each([
    ['a schedule that cannot be read', { TICK_SCHEDULE: 'often' }, 'The schedule "often" of the function "tick"'],
    ['a connection that is missing', { TICKET_CONTAINER: 't' }, 'Set FixtureStorage to a connection string'],
    ['an app that cannot start', { FIXTURE_MISSING: '1' }, 'Two settings are missing: ALPHA, BETA.'],
  ])('refuses %s in words', async (_, settings, words) => {
    await expect(start(settings)).rejects.toThrow(words);
  });

  it.each([
    ['none.mjs', undefined, 'Build it first: npm run build'],
    ['empty.mjs', '', 'The app registered no function.'],
    [
      'queue.mjs',
      "app.storageQueue('take', { queueName: 'q', connection: 'S', handler: () => {} });",
      'The function "take" has a binding of type queueTrigger, which the local host does not serve.',
    ],
    [
      'output.mjs',
      "app.http('give', { return: functions.output.storageQueue({ queueName: 'q', connection: 'S' }), handler: () => {} });",
      'The function "give" has a binding of type queue, which the local host does not serve.',
    ],
    [
      'twice.mjs',
      "app.get('one', () => ({}));\napp.get('ONE', () => ({}));",
      'Two functions are named "ONE". Give one of them another name.',
    ],
    ['route.mjs', "app.http('r', { route: 'a/{b:float}', handler: () => ({}) });", 'the constraint "float"'],
  ])('refuses the app %s in words', async (name, registration, words) => {
    const appFile = registration === undefined ? join(folder, name) : await writeApp(name, registration);
    await expect(start({}, appFile)).rejects.toThrow(words);
  });

  it('serves under the prefix "api" when there is no host.json', async () => {
    const appFile = await writeApp('plain.mjs', "app.get('hello', () => ({ body: 'hi' }));");
    const host = await start({}, appFile);
    const text = await (await fetch(`${host.url}/api/hello`)).text();
    await host.close();
    expect(host.functions).toEqual([
      { name: 'hello', trigger: 'httpTrigger', methods: ['GET'], route: 'api/hello', url: `${host.url}/api/hello` },
    ]);
    expect(text).toBe('hi');
  });

  it('refuses a host.json that holds something else than what is read there', async () => {
    const path = join(folder, 'host.json');
    await writeFile(join(folder, 'package.json'), '{}');
    await writeFile(path, '{ "version": "2.0", "extensions": { "blobs": { "maxDegreeOfParallelism": 0 } } }');
    const appFile = await writeApp('odd.mjs', "app.get('hello', () => ({}));");
    await expect(start({}, appFile)).rejects.toThrow(`${path} cannot be used. Correct it:`);
  });

  it('hosts a bundle, which holds a copy of the library, once and once more', async () => {
    const appFile = join(folder, 'bundle', 'app.mjs');
    await build({
      entryPoints: [fixtureApp],
      outfile: appFile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
      external: ['@azure/functions-core'],
    });
    await rm(join(folder, 'host.json'), { force: true });
    for (const body of ['first', 'second']) {
      const host = await start({ FIXTURE_STREAM: '1' }, appFile);
      const answer = await fetch(`${host.url}/api/echo`, { method: 'POST', body });
      expect(await answer.text()).toBe(body);
      await host.close();
      await expect(fetch(host.url)).rejects.toThrow('fetch failed');
    }
  });

  it('runs one host at a time, gives the app its settings, and takes them back at the end', async () => {
    const appFile = await writeApp('mode.mjs', "app.get('mode', () => ({ body: process.env.FIXTURE_MODE }));");
    await rm(join(folder, 'host.json'), { force: true });
    for (const mode of ['observe', 'collect']) {
      const host = await start({ FIXTURE_MODE: mode }, appFile);
      await expect(start({ FIXTURE_MODE: 'off' }, appFile)).rejects.toThrow('already runs in this process');
      expect(await (await fetch(`${host.url}/api/mode`)).text()).toBe(mode);
      await host.close();
    }
    expect(process.env['FIXTURE_MODE']).toBeUndefined();
  });
});
