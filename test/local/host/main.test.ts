import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../../local/host/listen.ts';
import { readLocalSettings } from '../../../local/host/read-local-settings.ts';
import { fixtureApp, startMain } from './start-main.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'host-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** For a machine that is busy with other things. */
const patience = { timeout: 10_000 };

describe('npm run host', () => {
  it('prints each function with its trigger and where it listens', async () => {
    const host = await startMain(['--port', '0', '--app', fixtureApp], {
      TICK_SCHEDULE: '0 0 3 * * *',
      TICKET_CONTAINER: 'tickets',
      FixtureStorage:
        'DefaultEndpointsProtocol=http;AccountName=a;AccountKey=aw==;BlobEndpoint=http://127.0.0.1:1/a;QueueEndpoint=http://127.0.0.1:1/a',
    });
    const code = await host.end('SIGTERM');
    expect(code).toBe(0);
    const lines = host.output().split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        `item httpTrigger GET ${host.url}/v1/items/{id:int}`,
        `describe httpTrigger GET,POST ${host.url}/v1/describe/{id}/{part?}`,
        'tick timerTrigger 0 0 3 * * *',
        `record eventGridTrigger POST ${host.url}/runtime/webhooks/eventgrid?functionName=record`,
        `copy blobTrigger tickets/{collection}/{ticket}.json, or POST ${host.url}/runtime/webhooks/blobs?functionName=Host.Functions.copy`,
        `Listening on ${host.url}`,
      ]),
    );
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'finishes what runs at %s, even a repeated one, and tells the app',
    async (signal) => {
      const host = await startMain(['--port', '0', '--app', fixtureApp], { FIXTURE_SAY_END: '1' });
      const answer = fetch(`${host.url}/v1/slow`);
      await expect.poll(() => host.output(), patience).toContain('slow: it began');
      void host.end(signal);
      const ended = host.end(signal);
      expect(await (await answer).text()).toBe('finished');
      expect(await ended).toBe(0);
      expect(host.output()).toContain('the app was told to end');
    },
  );

  it.each([
    [
      'the app cannot start',
      [],
      { FIXTURE_MISSING: '1' },
      /^The app \S+ could not be loaded\.\nTwo settings are missing: ALPHA, BETA\.\n$/,
    ],
    ['the port is no number', ['--port', 'x'], {}, /^--port takes a number from 0 to 65535, not "x"\./],
  ])('ends with code 1 and says why when %s', async (_, args, settings, words) => {
    const host = await startMain(['--port', '0', '--app', fixtureApp, ...args], settings);
    expect(await host.exited).toBe(1);
    expect(host.errors()).toMatch(words);
    expect(host.errors()).not.toMatch(/^ {4}at /m);
  });

  it('says which port is taken and what to do', async () => {
    const occupant = createServer();
    const port = new URL(await listen(occupant, 0, '127.0.0.1')).port;
    const host = await startMain(['--port', port, '--app', fixtureApp]);
    expect(await host.exited).toBe(1);
    expect(host.errors()).toBe(
      `Port ${port} is taken by another program, perhaps by another local host. Stop that one, or choose another port: --port N, or --port 0 for any free one.\n`,
    );
    occupant.close();
  });
});

describe('listen', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.com'])('refuses the address %s', async (address) => {
    await expect(listen(createServer(), 0, address)).rejects.toThrow(`listens on loopback only, not on ${address}`);
  });
});

describe('readLocalSettings', () => {
  it('gives the Values of the file', async () => {
    const path = join(folder, 'good.json');
    await writeFile(path, '{ "IsEncrypted": false, "Values": { "MODE": "observe" } }');
    expect(readLocalSettings(path)).toEqual({ MODE: 'observe' });
  });

  it('gives nothing when there is no file', () => {
    expect(readLocalSettings(join(folder, 'none.json'))).toEqual({});
  });

  it.each(['{ "Values": { "KEY": 1, "SECRET": "s3cr3t" } }', '{ "Values": { "SECRET": "s3cr3t"'])(
    'refuses %s without repeating it',
    async (text) => {
      const path = join(folder, 'bad.json');
      await writeFile(path, text);
      expect(() => readLocalSettings(path)).toThrow('bad.json');
      expect(() => readLocalSettings(path)).not.toThrow('s3cr3t');
    },
  );
});
