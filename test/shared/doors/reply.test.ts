import { describe, expect, it } from 'vitest';
import { accepted, answerList, answerOperation, type Reply } from '../../../shared/doors/reply.ts';
import type { Collection } from '../../../shared/domain/collection.ts';
import { received } from '../state/received-sample.ts';

const open: Collection = received;
const ended: Collection = { ...received, id: 'e'.repeat(32), status: 'skipped', endedAt: received.receivedAt };
const read = (reply: Reply) => JSON.parse(String(reply.body)) as Record<string, unknown>;
const OPERATION = 'a'.repeat(32);

describe('what became of a request', () => {
  it.each<readonly [string, readonly Collection[], number, string]>([
    ['one that goes on', [open], 202, 'running'],
    ['one that goes on among others that ended', [ended, open, ended], 202, 'running'],
    ['one that ended', [ended], 200, 'ended'],
    ['several that ended', [ended, ended], 200, 'ended'],
  ])('of %s is answered with %s', (_, collections, status, word) => {
    const reply = answerOperation('https://soc.example.com/api/operations/x', OPERATION, collections);
    expect(reply.status).toBe(status);
    expect(read(reply)).toMatchObject({ id: OPERATION, status: word });
    const follow = { location: `https://soc.example.com/api/operations/${OPERATION}`, 'retry-after': '15' };
    if (status === 202) expect(reply.headers).toMatchObject(follow);
    else for (const name of Object.keys(follow)) expect(reply.headers).not.toHaveProperty(name);
  });

  it.each([
    ['https://soc.example.com/api/alerts?code=KEY', 'https://soc.example.com/api'],
    ['https://soc.example.com/api/collections', 'https://soc.example.com/api'],
    ['https://soc.example.com/evidence/alerts?code=KEY', 'https://soc.example.com/evidence'],
    ['https://soc.example.com/alerts', 'https://soc.example.com'],
  ])('that was sent to %s is asked for below %s, without its key', (url, root) => {
    const reply = accepted(url, { operationId: OPERATION, collections: [open] }, []);
    expect(reply.headers['location']).toBe(`${root}/operations/${OPERATION}`);
    expect(read(reply)).toEqual({
      collections: [{ id: open.id, status: 'received', url: `${root}/collections/${open.id}` }],
    });
  });
});

describe('a page of collections', () => {
  const url = 'https://soc.example.com/api/collections?code=KEY&status=failed,partial&limit=1&from=before';

  it('goes on at a URL with the same filters, and not with the key of whoever asked', () => {
    const { next } = read(answerList(url, [open], 'after'));
    const going = new URL(String(next));
    expect(`${going.origin}${going.pathname}`).toBe('https://soc.example.com/api/collections');
    expect(Object.fromEntries(going.searchParams)).toEqual({ status: 'failed,partial', limit: '1', from: 'after' });
  });

  it('that is the last has no next', () => {
    expect(read(answerList(url, [open, ended], null))).toMatchObject({
      next: null,
      collections: [{ id: open.id }, { id: ended.id }],
    });
  });
});
