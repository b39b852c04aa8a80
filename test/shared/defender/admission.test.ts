import { describe, expect, it } from 'vitest';
import type { Admission } from '../../../shared/defender/admission.ts';
import type { EndpointName } from '../../../shared/defender/permissions.ts';
import { EVERY_ENDPOINT, failureOf } from './every-endpoint.ts';
import { json, refusal, type Step, withScript } from './scripted-server.ts';

const ID = 'c141bb71-8125-4234-a184-5f0c2d7e8b1a';
const MACHINE = json(200, { id: ID, osPlatform: 'Linux' });
const LIVE_RESPONSE = { machineId: ID, comment: 'c', commands: [] } as const;
const QUOTA = refusal(429, '429', 'You can send requests again in 8 seconds.');

/** A gate that answers as it is told, then admits, and keeps what it was asked and told. */
function gate(answers: readonly (Admission | Error)[] = [], deaf: Error | null = null) {
  const asked: EndpointName[] = [];
  const told: [EndpointName, number][] = [];
  return {
    asked,
    told,
    options: {
      admit: async (endpoint: EndpointName): Promise<Admission> => {
        const answer = answers[asked.length] ?? { admission: 'admitted' };
        asked.push(endpoint);
        if (answer instanceof Error) throw answer;
        return answer;
      },
      onThrottled: async (endpoint: EndpointName, afterMs: number): Promise<void> => {
        told.push([endpoint, afterMs]);
        if (deaf !== null) throw deaf;
      },
    },
  };
}

const ADMITTED: Admission = { admission: 'admitted' };
const LATER: Admission = { admission: 'later', afterMs: 12_000 };

/** Tokens of which the second is accepted. */
const renewing = { getToken: async () => 'old', renewToken: async () => 'new', countRenewals: () => 0 };

describe('the gate', () => {
  it.each(EVERY_ENDPOINT)("is asked before '$endpoint' leaves, by its name", async ({ endpoint, act }) => {
    const { asked, options } = gate([LATER]);
    await withScript(
      [],
      async ({ client, arrived, records }) => {
        const { text, fault } = await failureOf(act(client));
        expect(asked).toEqual([endpoint]);
        expect(arrived).toEqual([]);
        expect(text).toContain(`'${endpoint}' was not sent`);
        expect(text).toContain('12 s');
        expect(text).toContain(
          endpoint === 'run live response'
            ? 'LIVE_RESPONSE_CALLS_PER_MINUTE'
            : 'API_CALLS_PER_MINUTE and API_CALLS_PER_HOUR',
        );
        expect(fault).toMatchObject(
          fault instanceof Error
            ? { name: 'DefenderError', code: 'QuotaUsedUp', status: null, effect: 'none', retryAfterMs: 12_000 }
            : { outcome: 'throttled', afterMs: 12_000 },
        );
        expect(records).toMatchObject([{ endpoint, status: null, tries: 0 }]);
      },
      options,
    );
  });

  it('makes a live response that is not admitted wait for the quota', async () => {
    const { options } = gate([LATER]);
    await withScript(
      [],
      async ({ client }) => {
        expect(await client.startLiveResponse(LIVE_RESPONSE)).toMatchObject({ outcome: 'throttled', afterMs: 12_000 });
      },
      options,
    );
  });

  it.each<[string, Step[]]>([
    ['each repetition', [{ status: 503 }, { status: 500 }, MACHINE]],
    ['the repetition after a 401', [{ status: 401 }, MACHINE]],
    ['the repetition after a 429', [QUOTA, MACHINE]],
    ['all of these', [{ status: 401 }, { status: 503 }, QUOTA, MACHINE]],
  ])('is asked before %s', async (_, steps) => {
    const { asked, options } = gate();
    await withScript(
      steps,
      async ({ client, arrived }) => {
        expect(await client.getMachine(ID)).toMatchObject({ outcome: 'found' });
        expect(arrived).toHaveLength(steps.length);
        expect(asked).toEqual(steps.map(() => 'get machine'));
      },
      { ...options, tokens: renewing },
    );
  });

  it('is asked before each page', async () => {
    const { asked, options } = gate([ADMITTED, LATER]);
    const page = json(200, { value: [], '@odata.nextLink': '/api/machineactions?$skip=1' });
    await withScript(
      [page],
      async ({ client, arrived }) => {
        await expect(client.listActions({})).rejects.toMatchObject({ code: 'QuotaUsedUp', retryAfterMs: 12_000 });
        expect(asked).toEqual(['list machine actions', 'list machine actions']);
        expect(arrived).toHaveLength(1);
      },
      options,
    );
  });

  it.each<[string, Step, Record<string, unknown>]>([
    ['a 503', { status: 503 }, { status: 503, code: 'Http503', retryAfterMs: 12_000 }],
    [
      'a wait that is longer than its own',
      { status: 503, headers: { 'retry-after': '9' } },
      { status: 503, retryAfterMs: 12_000 },
    ],
    ['a broken connection', 'reset', { status: null, code: 'NoAnswer', retryAfterMs: 12_000 }],
    ['a rejected token', { status: 401 }, { status: 401, retryAfterMs: 12_000 }],
  ])('ends a call whose repetition it holds back with the failure it had: %s', async (_, step, expected) => {
    const { options } = gate([ADMITTED, LATER]);
    await withScript(
      [step],
      async ({ client, arrived, records }) => {
        await expect(client.getMachine(ID)).rejects.toMatchObject({
          ...expected,
          effect: 'none',
          message: expect.stringContaining('It was not sent a second time'),
        });
        expect(arrived).toHaveLength(1);
        expect(records).toMatchObject([{ tries: 1, status: expected['status'] }]);
      },
      { ...options, tokens: renewing },
    );
  });

  it('keeps the longer wait of a failure whose repetition it holds back', async () => {
    const { options } = gate([ADMITTED, { admission: 'later', afterMs: 1_000 }]);
    await withScript(
      [{ status: 503, headers: { 'retry-after': '9' } }],
      async ({ client }) => {
        await expect(client.getMachine(ID)).rejects.toMatchObject({ status: 503, retryAfterMs: 9_000 });
      },
      options,
    );
  });

  it('holds a live response back that was to be sent again with a new token, until the quota allows it', async () => {
    const { options } = gate([ADMITTED, LATER]);
    await withScript(
      [{ status: 401 }],
      async ({ client, arrived }) => {
        expect(await client.startLiveResponse(LIVE_RESPONSE)).toMatchObject({ outcome: 'throttled', afterMs: 12_000 });
        expect(arrived).toHaveLength(1);
      },
      { ...options, tokens: renewing },
    );
  });

  it('that fails is no answer of Defender: nothing is sent, and its fault is passed on', async () => {
    const fault = new Error('the storage is away');
    const { options } = gate([fault, ADMITTED, fault]);
    await withScript(
      [{ status: 503 }],
      async ({ client, arrived, records }) => {
        await expect(client.startLiveResponse(LIVE_RESPONSE)).rejects.toBe(fault);
        expect(arrived).toEqual([]);
        await expect(client.getMachine(ID)).rejects.toBe(fault);
        expect(arrived).toHaveLength(1);
        expect(records).toMatchObject([
          { endpoint: 'run live response', status: null, tries: 0 },
          { endpoint: 'get machine', status: null, tries: 1 },
        ]);
      },
      options,
    );
  });

  it('is not asked for a call that is cancelled already, and does not keep one that is cancelled meanwhile', async () => {
    const { asked, options } = gate();
    await withScript(
      [],
      async ({ client, arrived }) => {
        const signal = AbortSignal.abort();
        await expect(client.getMachine(ID, { signal })).rejects.toMatchObject({ code: 'Aborted', effect: 'none' });
        expect(asked).toEqual([]);
        expect(arrived).toEqual([]);
      },
      options,
    );
    const signals: (AbortSignal | undefined)[] = [];
    const admit = (_: EndpointName, signal?: AbortSignal): Promise<Admission> => {
      signals.push(signal);
      return new Promise(() => undefined);
    };
    await withScript(
      [],
      async ({ client, arrived }) => {
        const stop = new AbortController();
        const started = client.startLiveResponse(LIVE_RESPONSE, { signal: stop.signal });
        await expect.poll(() => signals).toEqual([stop.signal]);
        stop.abort();
        expect(await started).toMatchObject({ outcome: 'unreachable' });
        expect(arrived).toEqual([]);
      },
      { admit },
    );
  });
});

describe('a 429', () => {
  it.each<[string, Step, number]>([
    ['in Retry-After', refusal(429, '429', 'no', { 'retry-after': '30' }), 30_000],
    ['in its message', QUOTA, 8_000],
    ['nowhere', { status: 429 }, 5_500],
    ['in Retry-After, its body breaking off', 'cut off 429', 42_000],
  ])('is told to the gate with the wait that was decided: %s', async (_, step, afterMs) => {
    const { told, options } = gate();
    await withScript(
      [step],
      async ({ client }) => {
        expect(await client.startLiveResponse(LIVE_RESPONSE)).toMatchObject({ outcome: 'throttled', afterMs });
        expect(told).toEqual([['run live response', afterMs]]);
      },
      options,
    );
  });

  it('is told also when the client itself repeats, each time', async () => {
    const { told, options } = gate();
    await withScript(
      [QUOTA, { status: 429, headers: { 'retry-after': '3' } }, MACHINE],
      async ({ client, waits }) => {
        expect(await client.getMachine(ID)).toMatchObject({ outcome: 'found' });
        expect(told).toEqual([
          ['get machine', 8_000],
          ['get machine', 3_000],
        ]);
        expect(waits).toEqual([8_000, 3_000]);
      },
      options,
    );
  });

  it.each([{ status: 503, headers: { 'retry-after': '30' } }, { status: 403 }, { status: 401 }])(
    'is the only answer that is told (%j)',
    async (step) => {
      const { told, options } = gate();
      await withScript(
        [step],
        async ({ client }) => {
          await expect(client.getMachine(ID)).rejects.toMatchObject({ status: step.status });
          expect(told).toEqual([]);
        },
        options,
      );
    },
  );

  it('stands when nobody can be told', async () => {
    const { told, options } = gate([], new Error('the storage is away'));
    await withScript(
      [QUOTA, QUOTA, MACHINE],
      async ({ client }) => {
        expect(await client.startLiveResponse(LIVE_RESPONSE)).toMatchObject({ outcome: 'throttled', afterMs: 8_000 });
        expect(await client.getMachine(ID)).toMatchObject({ outcome: 'found' });
        expect(told).toHaveLength(2);
      },
      options,
    );
  });

  it('stands when who is told does not come back, once the call is cancelled', async () => {
    const told: EndpointName[] = [];
    const onThrottled = (endpoint: EndpointName): Promise<void> => {
      told.push(endpoint);
      return new Promise(() => undefined);
    };
    await withScript(
      [QUOTA],
      async ({ client }) => {
        const stop = new AbortController();
        const started = client.startLiveResponse(LIVE_RESPONSE, { signal: stop.signal });
        await expect.poll(() => told).toEqual(['run live response']);
        stop.abort();
        expect(await started).toMatchObject({ outcome: 'throttled', afterMs: 8_000 });
      },
      { onThrottled },
    );
  });
});
