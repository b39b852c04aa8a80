import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { acquireTokens, type TokenSource } from '../../../shared/defender/access-token.ts';
import { createDefenderClient, type DefenderClient } from '../../../shared/defender/client.ts';
import { json, refusal, type Step, TOKEN, withScript } from './scripted-server.ts';

const ID = 'c141bb71-8125-4234-a184-5f0c2d7e8b1a';
const MARKERS = ['PLANTED-TOKEN', 'SECRET', 'BODY-TEXT'];
const LEAK = `BODY-TEXT https://a.blob.core.windows.net/x?sv=1&sig=SECRET ${TOKEN}`;

const calls: Record<string, (client: DefenderClient) => Promise<unknown>> = {
  getAlert: (client) => client.getAlert(ID),
  getAlertFiles: (client) => client.getAlertFiles(ID),
  getMachine: (client) => client.getMachine(ID),
  findMachinesByName: (client) => client.findMachinesByName('pc'),
  startLiveResponse: (client) =>
    client.startLiveResponse({
      machineId: ID,
      comment: 'c',
      commands: [{ type: 'RunScript', scriptName: 'a.ps1', args: 'SECRET-BODY-TEXT' }],
    }),
  getResultLink: (client) => client.getResultLink(ID, 0),
  listActions: (client) => client.listActions({ ids: [ID] }),
  cancelAction: (client) => client.cancelAction(ID, 'SECRET-BODY-TEXT'),
  listLibrary: (client) => client.listLibrary(),
  uploadToLibrary: (client) =>
    client.uploadToLibrary({
      fileName: 'a.ps1',
      content: new TextEncoder().encode('SECRET-BODY-TEXT'),
      description: 'SECRET-BODY-TEXT',
      parametersDescription: '',
      replace: 'keep',
    }),
  deleteFromLibrary: (client) => client.deleteFromLibrary('a.ps1'),
};

/** Kinds of failure, every one with the markers planted wherever the other side can put them. */
const failures: Record<string, Step> = {
  'a page in place of JSON': { status: 200, body: `<html>${LEAK}</html>`, headers: { 'x-note': 'sig=SECRET' } },
  'JSON that breaks off': { status: 200, body: `{"id":"${LEAK}` },
  'JSON of another form': json(200, { [`${LEAK}`]: LEAK, id: { sig: LEAK }, value: [{ id: { sig: LEAK } }, LEAK] }),
  'a link that is none': json(200, { value: LEAK, id: '' }),
  'a next link that is foreign': json(200, { value: [], id: 7, '@odata.nextLink': 'https://x.example/?sig=SECRET' }),
  'an error with a hostile message': refusal(400, 'BadRequest', `no: ${LEAK.replace('BODY-TEXT', '')} sig=SECRET`),
  'an error with hostile code and target': json(400, { error: { code: LEAK, target: LEAK, message: null } }),
  'an error with the token as its code': json(403, { error: { code: 'PLANTED-TOKEN', target: TOKEN, message: TOKEN } }),
  'an error with a signature as its target': json(400, { error: { code: 'sig=SECRET', target: 'sig=SECRET' } }),
  'an error of another form': json(400, { message: LEAK, detail: LEAK }),
  'an error that is a page': { status: 403, body: `<html>${LEAK}</html>` },
  'a 401': { status: 401, headers: { 'www-authenticate': `Bearer error="${TOKEN}", sig=SECRET` }, body: LEAK },
  'a 404 that is a page': { status: 404, body: `<html>${LEAK}</html>` },
  'a 429': refusal(429, '429', `You can send requests again in 60 seconds. ${TOKEN} sig=SECRET`),
  'a 500': { status: 500, body: LEAK },
  'a redirect': { status: 302, headers: { location: 'https://x.example/?sig=SECRET' }, body: LEAK },
  'an answer that breaks off': 'cut off',
  'a connection that breaks': 'reset',
};

/** Without the alert's or the files' text as it was sent: that is evidence, kept as such. */
function withoutRaw(outcome: unknown): unknown {
  if (typeof outcome !== 'object' || outcome === null || !('raw' in outcome)) return outcome;
  const { raw, ...others } = outcome;
  expect(raw).toContain('SECRET');
  return others;
}

function everythingOf(value: unknown): string {
  const parts = [inspect(value, { depth: 20, showHidden: true, getters: true }), String(value), JSON.stringify(value)];
  if (value instanceof Error)
    parts.push(
      value.message,
      value.stack ?? '',
      JSON.stringify(value, Object.getOwnPropertyNames(value)),
      inspect(value.cause),
    );
  return parts.join('\n');
}

describe.each(Object.entries(failures))('%s', (_, step) => {
  it.each(Object.entries(calls))('leaves no token, signature or body in what %s gives', async (name, act) => {
    await withScript([step, step, step], async ({ client, records }) => {
      const outcome = await act(client).catch((error: unknown) => error);
      const text = everythingOf(withoutRaw(outcome)) + everythingOf(records);
      for (const marker of MARKERS) expect(text, `${name} shows ${marker}`).not.toContain(marker);
    });
  });
});

describe('a token that looks like a code', () => {
  it('is not shown when it comes back as one', async () => {
    const token = 'PLANTEDTOKEN';
    const step = json(403, { error: { code: token, target: token, message: `${token} lacks a role` } });
    const tokens = { getToken: async () => token, renewToken: async () => null, countRenewals: () => 0 };
    await withScript(
      [step],
      async ({ client }) => {
        const fault = await client.getMachine(ID).catch((error: unknown) => error);
        expect(fault).toMatchObject({ code: 'Http403', target: null });
        expect(everythingOf(fault)).toContain('[hidden] lacks a role');
        expect(everythingOf(fault)).not.toContain(token);
      },
      { tokens },
    );
  });
});

describe('a token that cannot be had', () => {
  it.each<[string, TokenSource]>([
    [
      'from a credential',
      acquireTokens({
        scope: 'https://x/.default',
        openCredential: async () => ({ getToken: () => Promise.reject(new Error(LEAK, { cause: new Error(LEAK) })) }),
      }),
    ],
    [
      'from a source of another make',
      { getToken: () => Promise.reject(new Error(LEAK)), renewToken: async () => null, countRenewals: () => 0 },
    ],
    [
      'that no header can carry',
      { getToken: async () => 'SECRET\nBODY-TEXT', renewToken: async () => null, countRenewals: () => 0 },
    ],
  ])('shows nothing: %s', async (_, tokens) => {
    await withScript([], async ({ baseUrl, arrived }) => {
      const client = createDefenderClient({ baseUrl, tokens, wait: async () => undefined });
      const fault = await client.getMachine(ID).catch((error: unknown) => error);
      expect(fault).toMatchObject({ name: 'DefenderError', status: null, effect: 'none' });
      const started = await client.startLiveResponse({ machineId: ID, comment: 'c', commands: [] });
      expect(started).toMatchObject({ outcome: 'unreachable' });
      for (const marker of MARKERS) expect(everythingOf(fault) + everythingOf(started)).not.toContain(marker);
      expect(arrived).toEqual([]);
    });
  });
});
