import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { acquireTokens, type TokenSource } from '../../../shared/defender/access-token.ts';
import { createDefenderClient } from '../../../shared/defender/client.ts';
import { EVERY_ENDPOINT } from './every-endpoint.ts';
import { json, type Step, TOKEN, withScript } from './scripted-server.ts';

const ID = 'c141bb71-8125-4234-a184-5f0c2d7e8b1a';
/** What must show up nowhere: parts of the token, of a signature, of an answer's body and headers, of what was sent. */
const MARKERS = ['PLANTED-TOKEN', 'SECRET', 'BODY-TEXT', 'HEADER-TEXT', 'SENT-TEXT'];
const LINK = 'https://a.blob.core.windows.net/x?sv=1&sig=SECRET';
const LEAK = `BODY-TEXT ${LINK} ${TOKEN}`;

/** Every header that the client reads, and some that it does not. */
const HEADERS = {
  'content-type': 'text/html; charset=HEADER-TEXT',
  date: `HEADER-TEXT ${LINK}`,
  'retry-after': `HEADER-TEXT ${TOKEN}`,
  'www-authenticate': `Bearer error="${TOKEN}", error_description="sig=SECRET HEADER-TEXT"`,
  location: `https://x.example/HEADER-TEXT?sig=SECRET&access_token=${TOKEN}`,
  'set-cookie': `HEADER-TEXT=${TOKEN}`,
  'x-ms-error-code': 'HEADER-TEXT',
  'x-ms-request-id': TOKEN,
};

const STATUSES = [200, 201, 302, 400, 401, 403, 404, 408, 409, 429, 500, 503];

/** Bodies with the markers wherever the other side can put them. */
const BODIES: Readonly<Record<string, string>> = {
  'a page': `<html>${LEAK}</html>`,
  text: LEAK,
  'JSON that breaks off': `{"error":{"code":"BadRequest","message":"${LEAK}`,
  'JSON of another form': JSON.stringify({
    [LEAK]: LEAK,
    id: { sig: LEAK },
    value: [{ id: { sig: LEAK } }, LEAK],
    comments: LEAK,
    message: LEAK,
    Message: LEAK,
    detail: LEAK,
  }),
  'a link that is none': JSON.stringify({ id: '', value: LEAK }),
  'a next link that is foreign': JSON.stringify({ id: 7, value: [], '@odata.nextLink': `https://x.example/?${LEAK}` }),
  'an error with a hostile code and target': JSON.stringify({
    error: { code: LEAK, target: LEAK, message: null, innererror: { message: LEAK }, details: [LEAK] },
  }),
  'an error with a token for its code and target': JSON.stringify({ error: { code: TOKEN, target: TOKEN } }),
  'an error with a signature for its code and target': JSON.stringify({
    error: { code: 'sig=SECRET', target: 'sig=SECRET', message: { text: LEAK } },
  }),
  'an error that quotes a link and a token': JSON.stringify({
    error: { code: 'BadRequest', message: `no: ${LINK} ${TOKEN} sig=SECRET "sig": "SECRET" sig%3DSECRET` },
  }),
  'an error that quotes the request': JSON.stringify({
    error: {
      code: 'BadRequest',
      message: `Authorization: Bearer ${TOKEN}\r\nGET /x?sig=SECRET HTTP/1.1\r\nCookie: token=SECRET; wait again in 60 seconds`,
    },
  }),
};

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

/** Without the alert's or the files' text as it was sent: that is evidence, kept as such. */
function withoutRaw(outcome: unknown): unknown {
  if (typeof outcome !== 'object' || outcome === null || !('raw' in outcome)) return outcome;
  const { raw, ...others } = outcome;
  expect(raw).toContain('SECRET');
  return others;
}

function expectNothing(of: string, text: string): void {
  for (const marker of MARKERS) expect(text.includes(marker), `${of} shows ${marker} in ${text}`).toBe(false);
}

/** Calls every endpoint against one answer; gives how many failed, so that no row passes for want of a failure. */
async function callAll(step: Step): Promise<number> {
  let failures = 0;
  await withScript(Array(EVERY_ENDPOINT.length * 3).fill(step), async ({ client, records }) => {
    for (const { endpoint, act } of EVERY_ENDPOINT) {
      const outcome = await act(client, 'SENT-TEXT').catch((error: unknown) => error);
      if (outcome instanceof Error) failures += 1;
      expectNothing(endpoint, everythingOf(withoutRaw(outcome)) + everythingOf(records.splice(0)));
    }
  });
  return failures;
}

describe.each(STATUSES)(
  'I7: a %i shows no token, signature, header or body in any error, outcome or record',
  (status) => {
    it.each(Object.entries(BODIES))('with %s', async (name, body) => {
      const failures = await callAll({ status, reason: 'HEADER-TEXT', headers: HEADERS, body });
      // Outcomes that are no errors: the two that must not be repeated, and some of what is not found, exists, or has ended.
      expect(failures).toBeGreaterThanOrEqual(status === 404 && !/page/.test(name) ? 4 : 10);
    });
  },
);

describe('I7: nor is anything shown of', () => {
  it.each<Step>(['cut off', 'cut off 429', 'reset'])('an answer that is %s', async (step) => {
    expect(await callAll(step)).toBeGreaterThanOrEqual(10);
  });

  it('data in the records of calls that succeed', async () => {
    const row = { id: ID, fileName: LEAK, title: LEAK, requestorComment: LEAK, computerDnsName: LEAK };
    const step = json(200, { ...row, value: [row], comments: [{ comment: LEAK }] }, { 'x-note': LEAK });
    await withScript(Array(EVERY_ENDPOINT.length).fill(step), async ({ client, records }) => {
      for (const { act } of EVERY_ENDPOINT) await act(client, 'SENT-TEXT').catch(() => undefined);
      expect(records.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(12);
      expectNothing('a record', everythingOf(records));
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
        advice: 'Look.',
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
