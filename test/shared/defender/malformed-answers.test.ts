import { describe, expect, it } from 'vitest';
import { EVERY_ENDPOINT, failureOf } from './every-endpoint.ts';
import { json, type Step, withScript } from './scripted-server.ts';

const PAGE = '<!DOCTYPE html><html><title>Sign in</title></html>';

/** Answers that are no word of Defender, whatever their status says; each is given as often as a call may be tried. */
const MALFORMED: readonly (readonly [string, Step, why: string])[] = [
  ['a page in place of JSON', { status: 200, headers: { 'content-type': 'text/html' }, body: PAGE }, 'is a web page'],
  [
    'a page that says it is JSON',
    { status: 200, headers: { 'content-type': 'application/json' }, body: PAGE },
    'is a web page',
  ],
  ['a page after white space', { status: 201, body: `\uFEFF\r\n ${PAGE}` }, 'is a web page'],
  ['a page in place of a 404', { status: 404, headers: { 'content-type': 'text/html' }, body: PAGE }, 'is a web page'],
  ['an object that breaks off', { status: 200, body: '{"@odata.context":"x","value":[{"id":"a' }, 'is not JSON'],
  ['a list that breaks off', { status: 200, body: '{"value":[{"id":"a"},' }, 'is not JSON'],
  ['plain text', { status: 200, body: 'OK' }, 'is not JSON'],
  ['bytes', { status: 200, body: Uint8Array.from([0x1f, 0x8b, 0x08, 0xff]) }, 'is not JSON'],
];

/** Answers that only an endpoint minds whose answer is used. */
const UNUSABLE: readonly (readonly [string, Step, why: string])[] = [
  ['an empty 200', { status: 200 }, 'is empty'],
  ['a 200 of white space', { status: 200, body: ' \r\n\0' }, 'is empty'],
  ['a 204', { status: 204 }, 'is empty'],
  ['JSON of another form', json(200, { unexpected: true }), 'is not as documented'],
  ['a list of nothing', json(200, []), 'is not as documented'],
  ['a text', json(200, 'text'), 'is not as documented'],
  ['a number', json(200, 7), 'is not as documented'],
  ['null', json(200, null), 'is not as documented'],
];

const USED = EVERY_ENDPOINT.filter(({ endpoint }) => endpoint !== 'delete library file');

async function expectRefusal({ endpoint, method, act }: (typeof EVERY_ENDPOINT)[number], step: Step, why: string) {
  await withScript([step, step, step], async ({ client, arrived }) => {
    const { text, fault } = await failureOf(act(client));
    expect(text).toContain(`Defender's answer to '${endpoint}' (`);
    expect(text).toContain(`could not be read: it ${why}`);
    expect(text).toContain('DEFENDER_API_URL');
    expect(fault).toMatchObject(
      fault instanceof Error
        ? { name: 'DefenderError', endpoint, code: 'UnreadableAnswer', effect: method === 'GET' ? 'none' : 'unknown' }
        : { outcome: 'unknown' },
    );
    if (method !== 'GET') expect(arrived).toHaveLength(1);
  });
}

describe.each(MALFORMED)('%s', (_, step, why) => {
  it.each(EVERY_ENDPOINT)("is an error of '$endpoint'", (sample) => expectRefusal(sample, step, why));
});

describe.each(UNUSABLE)('%s', (name, step, why) => {
  // A link that is absent is the lack of a result, and is an outcome of its own.
  const used = USED.filter(({ endpoint }) => endpoint !== 'get result link' || name !== 'JSON of another form');
  it.each(used)("is an error of '$endpoint'", (sample) => expectRefusal(sample, step, why));
});

describe('an answer that nothing is read of', () => {
  it.each<[string, Step]>([
    ['a 204', { status: 204 }],
    ['an empty 200', { status: 200 }],
    ['JSON', json(200, { value: 'deleted' })],
  ])('is as good as %s', async (_, step) => {
    await withScript([step], async ({ client }) => {
      expect(await client.deleteFromLibrary('a.ps1')).toEqual({ outcome: 'deleted' });
    });
  });
});
