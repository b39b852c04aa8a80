import { describe, expect, it } from 'vitest';
import type { TokenSource } from '../../../shared/defender/access-token.ts';
import { createDefenderClient } from '../../../shared/defender/client.ts';
import { EVERY_ENDPOINT, failureOf } from './every-endpoint.ts';
import { json, refusal, type Step, withScript } from './scripted-server.ts';

const ID = 'c141bb71-8125-4234-a184-5f0c2d7e8b1a';
const MACHINE = json(200, { id: ID, osPlatform: 'Linux' });

/** A source whose tokens are old, then new1, new2, …, and which counts what it was asked. */
function renewing(): TokenSource & { readonly rejected: string[] } {
  const rejected: string[] = [];
  const current = (): string => (rejected.length === 0 ? 'old' : `new${rejected.length}`);
  return {
    rejected,
    getToken: async () => current(),
    renewToken: async (token) => {
      rejected.push(token);
      return current();
    },
    countRenewals: () => rejected.length,
  };
}

describe('a GET', () => {
  it.each<[string, Step[], number[]]>([
    ['a 503', [{ status: 503 }, MACHINE], [500]],
    ['a broken connection', ['reset', MACHINE], [500]],
    ['an answer that breaks off', ['cut off', MACHINE], [500]],
    ['an empty 200', [{ status: 200 }, MACHINE], [500]],
    ['a page in place of JSON', [{ status: 200, body: '<html></html>' }, MACHINE], [500]],
    ['JSON that breaks off', [{ status: 200, body: '{"id":"' }, MACHINE], [500]],
    ['two faults', [{ status: 500 }, { status: 502 }, MACHINE], [500, 1_000]],
    ['a Retry-After of up to ten seconds', [{ status: 429, headers: { 'retry-after': '10' } }, MACHINE], [10_000]],
    ['a wait in the message', [refusal(429, '429', 'You can send requests again in 8 seconds.'), MACHINE], [8_000]],
  ])('is tried again after %s', async (_, steps, expected) => {
    await withScript(steps, async ({ client, waits, arrived, records }) => {
      expect(await client.getMachine(ID)).toMatchObject({ outcome: 'found' });
      expect(waits).toEqual(expected);
      expect(arrived).toHaveLength(steps.length);
      expect(records).toEqual([
        { endpoint: 'get machine', method: 'GET', status: 200, durationMs: 0, tries: steps.length },
      ]);
    });
  });

  it('is given up after the third try, and says when to come back', async () => {
    await withScript([{ status: 503 }, { status: 503 }, { status: 503 }], async ({ client, arrived, records }) => {
      await expect(client.getMachine(ID)).rejects.toMatchObject({
        name: 'DefenderError',
        endpoint: 'get machine',
        status: 503,
        code: 'Http503',
        retryAfterMs: 2_000,
        effect: 'none',
      });
      expect(arrived).toHaveLength(3);
      expect(records).toEqual([{ endpoint: 'get machine', method: 'GET', status: 503, durationMs: 0, tries: 3 }]);
    });
  });

  it.each<[Step, number]>([
    [refusal(429, '429', 'You can send requests again in 11 seconds.'), 11_000],
    [{ status: 503, headers: { 'retry-after': '3600' } }, 3_600_000],
    ['cut off 429', 42_000],
  ])('does not wait for longer than ten seconds, but says so (%j)', async (step, retryAfterMs) => {
    await withScript([step], async ({ client, waits, arrived }) => {
      await expect(client.getMachine(ID)).rejects.toMatchObject({ retryAfterMs });
      expect(waits).toEqual([]);
      expect(arrived).toHaveLength(1);
    });
  });

  it('is not tried again when that does not help', async () => {
    const step = refusal(400, 'ODataError', "The property 'x' cannot be used.");
    await withScript([step], async ({ client, arrived }) => {
      await expect(client.getMachine(ID)).rejects.toMatchObject({
        status: 400,
        code: 'ODataError',
        target: '43f4cb08-8fac-4b65-9db1-745c2ae65f3a',
        retryAfterMs: null,
        message:
          "Defender answered 'get machine' with 400 ODataError. Defender says: The property 'x' cannot be used. The filter of the list was not understood: report it, as this app writes the filter.",
      });
      expect(arrived).toHaveLength(1);
    });
  });

  it('ends at once when it is cancelled, while it is sent or between two tries', async () => {
    await withScript(['say nothing'], async ({ client, arrived }) => {
      const stop = new AbortController();
      const call = client.getMachine(ID, { signal: stop.signal }).catch((error: unknown) => error);
      await expect.poll(() => arrived.length).toBe(1);
      stop.abort();
      expect(await call).toMatchObject({ code: 'Aborted', status: null });
      expect(arrived).toHaveLength(1);
    });
    await withScript([{ status: 503 }], async ({ baseUrl, arrived }) => {
      const stop = new AbortController();
      const tokens = renewing();
      const wait = async (_ms: number, signal?: AbortSignal): Promise<void> => {
        stop.abort();
        signal?.throwIfAborted();
      };
      const client = createDefenderClient({ baseUrl, tokens, wait });
      await expect(client.getMachine(ID, { signal: stop.signal })).rejects.toMatchObject({ code: 'Aborted' });
      expect(arrived).toHaveLength(1);
    });
  });

  it('waits by the clock when no other wait is given, and ends that wait when cancelled', async () => {
    await withScript([{ status: 503, headers: { 'retry-after': '9' } }], async ({ baseUrl, arrived }) => {
      const stop = new AbortController();
      const client = createDefenderClient({ baseUrl, tokens: renewing() });
      const call = client.getMachine(ID, { signal: stop.signal }).catch((error: unknown) => error);
      await expect.poll(() => arrived.length).toBe(1);
      stop.abort();
      expect(await call).toMatchObject({ code: 'Aborted' });
    });
  });
});

describe('a 401', () => {
  it('is answered by one new token, and the call succeeds', async () => {
    const tokens = renewing();
    await withScript(
      [{ status: 401 }, MACHINE],
      async ({ client, arrived, records, waits }) => {
        expect(await client.getMachine(ID)).toMatchObject({ outcome: 'found' });
        expect(arrived.map((call) => call.headers.authorization)).toEqual(['Bearer old', 'Bearer new1']);
        expect(tokens.rejected).toEqual(['old']);
        expect(waits).toEqual([]);
        expect(records).toMatchObject([{ status: 200, tries: 2 }]);
      },
      { tokens },
    );
  });

  it('is believed the second time, also when something else failed in between', async () => {
    for (const steps of [
      [{ status: 401 }, { status: 401 }],
      [{ status: 401 }, { status: 503 }, { status: 401 }],
    ]) {
      const tokens = renewing();
      await withScript(
        steps,
        async ({ client, arrived }) => {
          await expect(client.getMachine(ID)).rejects.toMatchObject({
            status: 401,
            message: expect.stringContaining('DEFENDER_SCOPE'),
          });
          expect(arrived).toHaveLength(steps.length);
          expect(tokens.rejected).toEqual(['old']);
        },
        { tokens },
      );
    }
  });

  it('is final when there is no other token', async () => {
    await withScript([{ status: 401 }], async ({ client, arrived }) => {
      await expect(client.getMachine(ID)).rejects.toMatchObject({ status: 401 });
      expect(arrived).toHaveLength(1);
    });
  });

  it('lets a live response be started with the new token', async () => {
    const tokens = renewing();
    await withScript(
      [{ status: 401 }, json(201, { id: ID, status: 'Pending' })],
      async ({ client }) => {
        expect(await client.startLiveResponse({ machineId: ID, comment: 'c', commands: [] })).toMatchObject({
          outcome: 'started',
        });
      },
      { tokens },
    );
  });
});

describe('a 403', () => {
  it.each(EVERY_ENDPOINT)("of '$endpoint' names the permission and how to grant it", async (sample) => {
    const { endpoint, permission, act } = sample;
    await withScript([refusal(403, 'Forbidden', 'The application lacks a role')], async ({ client, records }) => {
      const { text } = await failureOf(act(client));
      expect(text).toContain(
        `Defender answered '${endpoint}' with 403 Forbidden. Defender says: The application lacks a role.`,
      );
      expect(text).toContain(`needs the application permission ${permission} of WindowsDefenderATP`);
      expect(text).toContain('appRoleAssignments');
      expect(records).toMatchObject([{ endpoint, status: 403, tries: 1 }]);
    });
  });

  it('of a feature that is switched off says where to switch it on', async () => {
    await withScript([refusal(403, 'DisabledFeature', "Tenant feature isn't enabled")], async ({ client }) => {
      expect(await client.startLiveResponse({ machineId: ID, comment: 'c', commands: [] })).toMatchObject({
        outcome: 'not allowed',
        reason: expect.stringMatching(/Turn on Live Response .* Advanced features/),
      });
    });
  });
});

describe('a redirect', () => {
  it.each([301, 302, 303, 307, 308])('is not followed (%i), so that the token stays', async (status) => {
    await withScript([MACHINE], async (other) => {
      const location = `${other.baseUrl}/api/machines/${ID}?sig=SECRET`;
      await withScript([{ status, headers: { location } }], async ({ client }) => {
        const fault = await client.getMachine(ID).catch((error: unknown) => error);
        expect(fault).toMatchObject({ status, message: expect.stringContaining('Redirects are not followed') });
        expect(String(fault)).not.toContain('SECRET');
      });
      expect(other.arrived).toEqual([]);
    });
  });
});

describe('telemetry', () => {
  it('that fails costs no answer: a live response that was started is one', async () => {
    const onCall = (): never => {
      throw new Error('the log is full');
    };
    await withScript(
      [json(201, { id: ID, status: 'Pending' }), { status: 403 }],
      async ({ client }) => {
        expect(await client.startLiveResponse({ machineId: ID, comment: 'c', commands: [] })).toMatchObject({
          outcome: 'started',
        });
        await expect(client.getMachine(ID)).rejects.toMatchObject({ status: 403 });
      },
      { onCall },
    );
  });

  it('tells of calls without an answer, and of nothing that names an alert, a machine or a query', async () => {
    await withScript(['reset', 'reset', 'reset', json(200, { value: [] })], async ({ client, records }) => {
      await client.getMachine(ID).catch(() => undefined);
      await client.listActions({ machineId: ID });
      expect(records).toEqual([
        { endpoint: 'get machine', method: 'GET', status: null, durationMs: 0, tries: 3 },
        { endpoint: 'list machine actions', method: 'GET', status: 200, durationMs: 0, tries: 1 },
      ]);
    });
  });
});
