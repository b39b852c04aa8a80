import { describe, expect, it } from 'vitest';
import { readJsonBody } from '../../../shared/doors/read-json-body.ts';

const MIB = 1024 * 1024;

/** A request whose body comes in pieces of 64 KiB; `taken` counts those that were read. */
function request(text: string, headers: Readonly<Record<string, string>> = { 'content-type': 'application/json' }) {
  const source = { taken: 0 };
  async function* pieces() {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += 65_536) {
      source.taken += 1;
      yield bytes.subarray(at, at + 65_536);
    }
  }
  return { source, headers: new Headers(headers), body: pieces() };
}

describe('readJsonBody', () => {
  it.each(['application/json', 'application/json; charset=utf-8', 'application/cloudevents+json', 'APPLICATION/JSON'])(
    'takes %s',
    async (type) => {
      expect(await readJsonBody(request('{"a":1}', { 'content-type': type }))).toEqual({
        outcome: 'json',
        value: { a: 1 },
      });
    },
  );

  it('takes a body whose type nobody named', async () => {
    expect(await readJsonBody(request('[1]', {}))).toEqual({ outcome: 'json', value: [1] });
  });

  it('takes 1 MiB, and characters that are cut by the pieces they come in', async () => {
    const text = `"${'é'.repeat(MIB / 2 - 1)}"`;
    expect(await readJsonBody(request(text))).toEqual({ outcome: 'json', value: JSON.parse(text) });
  });

  it('stops reading a body that turns out to be larger, though no length was announced', async () => {
    const endless = request(`"${'x'.repeat(10 * MIB)}"`);
    expect(await readJsonBody(endless)).toMatchObject({ outcome: 'problem', code: 'body-too-large' });
    expect(endless.source.taken).toBeLessThan(20);
  });

  it('does not begin to read one that is announced as larger', async () => {
    const announced = request('{}', { 'content-type': 'application/json', 'content-length': String(2 * MIB) });
    expect(await readJsonBody(announced)).toMatchObject({ outcome: 'problem', code: 'body-too-large' });
    expect(announced.source.taken).toBe(0);
  });

  it.each<readonly [string, string, Readonly<Record<string, string>>, string]>([
    ['a form', 'a=1', { 'content-type': 'application/x-www-form-urlencoded' }, 'wrong-content-type'],
    ['text that calls itself JSON', '{}', { 'content-type': 'text/json-like' }, 'wrong-content-type'],
    ['nothing', '', { 'content-type': 'application/json' }, 'no-body'],
    ['white space', ' \n', { 'content-type': 'application/json' }, 'no-body'],
    ['half a JSON', '{"a":', { 'content-type': 'application/json' }, 'not-json'],
  ])('refuses %s', async (_, text, headers, code) => {
    expect(await readJsonBody(request(text, headers))).toMatchObject({ outcome: 'problem', code });
  });
});
