import { Agent } from 'undici';
import { afterAll, describe, expect, it } from 'vitest';
import { openWire, sendCall, WIRE_LIMITS } from '../../../shared/defender/send.ts';
import { type Step, withScript } from './scripted-server.ts';

const dispatcher = new Agent({ allowH2: false, headersTimeout: 300, bodyTimeout: 300 });
afterAll(() => dispatcher.destroy());

async function send(step: Step, limits: { longestMs?: number; longestBytes?: number; signal?: AbortSignal } = {}) {
  return withScript([step], async ({ baseUrl }) => {
    const wire = { dispatcher, longestMs: limits.longestMs ?? 10_000, longestBytes: limits.longestBytes ?? 1_000 };
    const signal = limits.signal === undefined ? {} : { signal: limits.signal };
    return sendCall(wire, { method: 'GET', url: new URL(`${baseUrl}/api/x`), token: 'token', ...signal });
  });
}

describe('sendCall', () => {
  it('gives status, first header values and text of an answer', async () => {
    const headers = { 'Retry-After': '5', 'content-type': 'application/json' };
    expect(await send({ status: 418, headers, body: '\uFEFF{"a":"ü"}\0' })).toMatchObject({
      arrival: 'answer',
      status: 418,
      headers: { 'retry-after': '5', 'content-type': 'application/json' },
      text: '\uFEFF{"a":"ü"}\0',
    });
  });

  it('reads an answer as large as the limit, and none that is larger', async () => {
    expect(await send({ status: 200, body: 'x'.repeat(1_000) })).toMatchObject({ text: 'x'.repeat(1_000) });
    expect(await send({ status: 200, body: 'x'.repeat(1_001) })).toEqual({
      arrival: 'no answer',
      code: 'ANSWER_TOO_LARGE',
    });
    expect(await send({ status: 500, body: 'x'.repeat(5_000_000) })).toEqual({
      arrival: 'no answer',
      code: 'ANSWER_TOO_LARGE',
    });
  });

  it.each<[string, Step, Record<string, unknown>]>([
    ['headers that do not come', 'say nothing', { arrival: 'no answer', code: 'UND_ERR_HEADERS_TIMEOUT' }],
    ['a connection that is reset', 'reset', { arrival: 'no answer', code: 'ECONNRESET' }],
    ['a body that breaks off', 'cut off', { arrival: 'no answer', code: 'UND_ERR_SOCKET' }],
    ['a 429 whose body breaks off', 'cut off 429', { arrival: 'answer', status: 429, text: '' }],
  ])('makes values of faults: %s', async (_, step, expected) => {
    expect(await send(step)).toMatchObject(expected);
  });

  it('ends a call that takes too long as a whole, and one that is cancelled', async () => {
    expect(await send('say nothing', { longestMs: 30 })).toEqual({ arrival: 'no answer', code: 'TIMEOUT' });
    expect(await send('say nothing', { signal: AbortSignal.timeout(30) })).toEqual({
      arrival: 'no answer',
      code: 'ABORT_ERR',
    });
    expect(await send({ status: 200 }, { signal: AbortSignal.abort('SECRET') })).toEqual({
      arrival: 'not sent',
      code: 'ABORT_ERR',
    });
  });

  it.each([
    ['http://127.0.0.1:1', 'ECONNREFUSED'],
    ['http://name.invalid', expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/)],
  ])('knows that nothing was sent to %s', async (origin, code) => {
    const wire = { ...openWire(WIRE_LIMITS, dispatcher), longestMs: 20_000 };
    expect(await sendCall(wire, { method: 'POST', url: new URL(`${origin}/x`), token: 't', body: '{}' })).toEqual({
      arrival: 'not sent',
      code,
    });
  });

  it('reads up to 32 MiB in production', () => {
    expect(openWire(WIRE_LIMITS, dispatcher)).toMatchObject({ longestBytes: 33_554_432, dispatcher });
  });
});
