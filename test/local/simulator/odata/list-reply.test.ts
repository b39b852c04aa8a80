import { expect, test } from 'vitest';
import { listReply } from '../../../../local/simulator/odata/list-reply.ts';

const rows = [
  { id: 'a', status: 'Pending', at: '2026-03-01T12:00:00.5Z', number: 1, name: "o'hara" },
  { id: 'b', status: 'Failed', at: '2026-03-01T12:00:00.5000001Z', number: 20, name: 'web-1' },
  { id: 'c', status: 'Pending', at: '2026-03-01T12:00:01Z', number: null, name: 'web-2' },
];
const fields = { id: 'string', status: 'string', at: 'time', number: 'number', name: 'string' } as const;

function list(query: string, pageSize = 10): { status: number; body: Record<string, unknown>; ids: unknown[] } {
  const address = 'http://127.0.0.1:1/api/things';
  const source = { rows, fields, context: 'Things', address, pageSize, orderBy: 'known' } as const;
  const reply = listReply(source, new URLSearchParams(query));
  const body: Record<string, unknown> = JSON.parse(reply.body ?? '');
  const value = Array.isArray(body['value']) ? body['value'] : [];
  return { status: reply.status, body, ids: value.map((row: { id: string }) => row.id) };
}

test.each([
  ["$filter=id eq 'b'", ['b']],
  ["$filter=id+eq+'b'", ['b']],
  ["$filter=id ne 'b'", ['a', 'c']],
  ["$filter=id in ('a','c')", ['a', 'c']],
  ["$filter=id in ( 'c' )", ['c']],
  ["$filter=status eq 'Pending' and id eq 'c'", ['c']],
  ["$filter=status eq 'Pending' AND id eq 'c'", ['c']],
  ["$filter=id eq 'a' or id eq 'b' and status eq 'Pending'", ['a']],
  ["$filter=(id eq 'a' or id eq 'b') and status eq 'Failed'", ['b']],
  ["$filter=not (id eq 'a')", ['b', 'c']],
  ["$filter=name eq 'o''hara'", ['a']],
  ["$filter=startswith(name,'web')", ['b', 'c']],
  ['$filter=at ge 2026-03-01T12:00:00.5000001Z', ['b', 'c']],
  ['$filter=at gt 2026-03-01T12:00:00.5000001Z', ['c']],
  ['$filter=at le 2026-03-01T12:00:00.500Z', ['a']],
  ['$filter=at lt 2026-03-01T12:00:01Z', ['a', 'b']],
  ['$filter=number gt 3', ['b']],
  ['$filter=number eq null', ['c']],
  ["$filter=status eq 'pending'", []],
  ['$orderby=at desc', ['c', 'b', 'a']],
  ['$orderby=name', ['a', 'b', 'c']],
  ['$top=1', ['a']],
  ['$top=0', []],
  ['$skip=1&$top=1', ['b']],
  ['$skip=9', []],
])('%s selects %j', (query, ids) => {
  const answer = list(query);
  expect([answer.status, answer.ids]).toEqual([200, ids]);
  expect(answer.body).not.toHaveProperty(['@odata.nextLink']);
});

test.each([
  ["$filter=secret eq 'x'"],
  ["$filter=constructor eq 'x'"],
  ["$filter=Status eq 'Pending'"],
  ['$filter=status eq Pending'],
  ["$filter=at ge '2026-03-01T12:00:00Z'"],
  ['$filter=at ge 2026-03-01'],
  ["$filter=number eq '1'"],
  ["$filter=status like 'P'"],
  ["$filter=status eq 'a' 'b'"],
  ["$filter=(status eq 'a'"],
  ["$filter=status eq 'a"],
  ["$filter=id in 'a'"],
  ['$filter='],
  ['$orderby=secret'],
  ['$orderby=at sideways'],
  ['$top=-1'],
  ['$top=10001'],
  ['$skip=x'],
])('%s is refused with 400 ODataError', (query) => {
  const { status, body } = list(query);
  expect([status, body['error']]).toEqual([400, expect.objectContaining({ code: 'ODataError' })]);
});

test('by a switch $orderby is refused, as it is not documented', () => {
  const source = { rows, fields, context: 'Things', address: '', pageSize: 10, orderBy: 'refused' } as const;
  expect(listReply(source, new URLSearchParams('$orderby=at')).status).toBe(400);
  expect(listReply(source, new URLSearchParams('$top=1')).status).toBe(200);
});

test('a list that is longer than a page goes on at its next link, with filter and order kept', () => {
  const seen: unknown[] = [];
  let query = "$filter=startswith(id,'') and number ne 7&$orderby=id desc&$top=3&$count=true";
  const counts: unknown[] = [];
  for (let page = 0; page < 5; page += 1) {
    const { body, ids } = list(query, 1);
    seen.push(...ids);
    counts.push(body['@odata.count']);
    const next = body['@odata.nextLink'];
    if (next === undefined) break;
    expect(next).toMatch(/^http:\/\/127\.0\.0\.1:1\/api\/things\?/);
    query = new URL(String(next)).search;
  }
  expect(seen).toEqual(['c', 'b', 'a']);
  expect(counts).toEqual([3, 3, 3]);
});

test('the rows that $top asks for are all, even if more exist', () => {
  const first = list('$top=2', 1);
  expect(first.ids).toEqual(['a']);
  const second = list(new URL(String(first.body['@odata.nextLink'])).search, 1);
  expect(second.ids).toEqual(['b']);
  expect(second.body).not.toHaveProperty(['@odata.nextLink']);
});
