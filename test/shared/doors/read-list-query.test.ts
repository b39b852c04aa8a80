import { describe, expect, it } from 'vitest';
import { readListQuery } from '../../../shared/doors/read-list-query.ts';

const read = (query: string) => readListQuery(new URLSearchParams(query));
const none = { statuses: null, machineId: null, alertId: null, incidentId: null, sha256: null };

describe('the query of the list', () => {
  it('is all of it, 50 a page, when nothing is asked for', () => {
    expect(read('')).toEqual({ outcome: 'page', limit: 50, from: null, query: none });
    expect(read('code=a-function-key')).toMatchObject({ outcome: 'page', query: none });
  });

  it('takes every filter, hashes and ids in any case', () => {
    const machine = 'AB'.repeat(20);
    const query = `status=failed,received&machine=${machine}&alert=da1_2&incident=7&sha256=${'F'.repeat(64)}&limit=200`;
    expect(read(query)).toEqual({
      outcome: 'page',
      limit: 200,
      from: null,
      query: {
        statuses: ['received', 'failed'],
        machineId: 'ab'.repeat(20),
        alertId: 'da1_2',
        incidentId: '7',
        sha256: 'f'.repeat(64),
      },
    });
  });

  it.each([
    ['limit=0', /1 to 200/],
    ['limit=201', /1 to 200/],
    ['limit=1e2', /1 to 200/],
    ['from=0', /next/],
    ['status=done', /one or several of received/],
    ['status=', /one or several of received/],
    ['machine=web-01', /40 hex/],
    [`alert=${"' or true"}`, /alert/],
    ['incident=../1', /incident/],
    ['sha256=abc', /64 hex/],
    ['machineId=x', /no such parameter; use limit, from, status, machine/],
  ])('%s is refused with what would be right', (query, why) => {
    expect(read(query)).toEqual({ outcome: 'wrong', why: expect.stringMatching(why) });
  });
});
