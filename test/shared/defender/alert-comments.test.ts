import { describe, expect, it } from 'vitest';
import { json, refusal, type Step, withScript } from './scripted-server.ts';

const ID = 'da637472900382838869_-1364969609';
const UPDATED = { id: ID, comments: [{ comment: 'c', createdBy: 'app', createdTime: '2021-01-26T01:00:37.8404534Z' }] };

describe('readComments', () => {
  it('reads the comments of an alert, their text as it was written', async () => {
    const comments = [
      { comment: 'by a person\n ', createdBy: 'a@contoso.com', createdTime: '2021-01-26T01:00:37.8404534Z' },
      { comment: 'by nobody', createdBy: null },
      { comment: null },
      null,
      'text',
    ];
    await withScript([json(200, { id: ID, comments })], async ({ client, arrived }) => {
      expect(await client.readComments(ID)).toEqual({
        outcome: 'found',
        comments: [
          { text: 'by a person\n ', createdBy: 'a@contoso.com', createdAt: '2021-01-26T01:00:37.8404534Z' },
          { text: 'by nobody', createdBy: null, createdAt: null },
        ],
      });
      expect(arrived).toMatchObject([{ method: 'GET', url: `/api/alerts/${ID}` }]);
    });
  });

  it.each([[[]], [null]])('finds none in %j', async (comments) => {
    await withScript([json(200, { id: ID, comments })], async ({ client }) => {
      expect(await client.readComments(ID)).toEqual({ outcome: 'found', comments: [] });
    });
  });

  it.each([{ id: ID }, { id: ID, comments: 'none' }])(
    'takes no answer without comments for an alert without comments (%j)',
    async (body) => {
      await withScript([json(200, body)], async ({ client }) => {
        await expect(client.readComments(ID)).rejects.toMatchObject({ code: 'UnreadableAnswer' });
      });
    },
  );

  it('does not find an alert that Defender does not know', async () => {
    await withScript([refusal(404, 'ResourceNotFound', 'no')], async ({ client }) => {
      expect(await client.readComments(ID)).toEqual({ outcome: 'not found' });
    });
  });
});

describe('addComment', () => {
  it('sends the comment alone', async () => {
    await withScript([json(200, UPDATED)], async ({ client, arrived }) => {
      expect(await client.addComment(ID, 'Collected: "a" & b\n2 files')).toEqual({ outcome: 'added' });
      expect(arrived).toMatchObject([{ method: 'PATCH', url: `/api/alerts/${ID}` }]);
      expect(arrived[0]?.headers['content-type']).toBe('application/json');
      expect(arrived[0]?.body).toBe('{"comment":"Collected: \\"a\\" & b\\n2 files"}');
    });
  });

  it.each<[string, Step, Record<string, unknown>]>([
    ['an unknown alert', refusal(404, 'ResourceNotFound', 'no'), { outcome: 'not found' }],
    ['a wrong body', refusal(400, 'InvalidRequestBody', 'no'), { outcome: 'refused' }],
    ['a missing permission', refusal(403, 'Forbidden', 'no'), { outcome: 'not allowed' }],
    ['a rejected token', { status: 401 }, { outcome: 'not allowed' }],
    ['a quota', refusal(429, '429', 'again in 8 seconds'), { outcome: 'throttled', afterMs: 8_000 }],
    ['500', refusal(500, 'InternalServerError', 'no'), { outcome: 'unknown' }],
    ['503 with Retry-After', { status: 503, headers: { 'retry-after': '1' } }, { outcome: 'unknown' }],
    ['408', { status: 408 }, { outcome: 'unknown' }],
    ['a connection that breaks', 'reset', { outcome: 'unknown' }],
    ['no answer in time', 'say nothing', { outcome: 'unknown' }],
    ['an answer that breaks off', 'cut off', { outcome: 'unknown' }],
    ['an empty 200', { status: 200 }, { outcome: 'unknown' }],
    ['a page in place of JSON', { status: 200, body: '<html>Sign in</html>' }, { outcome: 'unknown' }],
    ['a page in place of a 404', { status: 404, body: '<html></html>' }, { outcome: 'unknown' }],
    ['an answer that is no alert', json(200, { value: [] }), { outcome: 'unknown' }],
  ])('is sent once, and tells %s by its outcome', async (_, step, expected) => {
    await withScript([step], async ({ client, arrived, waits }) => {
      const outcome = await client.addComment(ID, 'c');
      expect(outcome).toMatchObject(expected);
      if (outcome.outcome !== 'not found') {
        expect(outcome).toMatchObject({ reason: expect.stringMatching(/^Defender.*'comment on alert'/) });
      }
      expect(arrived).toHaveLength(1);
      expect(waits).toEqual([]);
    });
  });

  it.each([
    [ID, ''],
    [ID, ' \n'],
    ['../x', 'c'],
  ])('sends nothing for the alert %j and the comment %j', async (id, text) => {
    await withScript([], async ({ client, arrived }) => {
      expect(await client.addComment(id, text)).toMatchObject({ outcome: 'refused' });
      expect(arrived).toEqual([]);
    });
  });

  it('knows a comment that was cancelled before from one that was cancelled after it was sent', async () => {
    await withScript(['say nothing'], async ({ client, arrived }) => {
      expect(await client.addComment(ID, 'c', { signal: AbortSignal.abort() })).toMatchObject({
        outcome: 'unreachable',
      });
      expect(arrived).toEqual([]);
      const stop = new AbortController();
      const outcome = client.addComment(ID, 'c', { signal: stop.signal });
      await expect.poll(() => arrived.length).toBe(1);
      stop.abort();
      expect(await outcome).toMatchObject({ outcome: 'unknown' });
    });
  });

  it('passes on what is no failure of Defender', async () => {
    const fault = new Error('the gate is away');
    await withScript(
      [],
      async ({ client, arrived }) => {
        await expect(client.addComment(ID, 'c')).rejects.toBe(fault);
        expect(arrived).toEqual([]);
      },
      { admit: () => Promise.reject(fault) },
    );
  });
});
