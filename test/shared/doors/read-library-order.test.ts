import { expect, it } from 'vitest';
import type { JsonBody } from '../../../shared/doors/read-json-body.ts';
import { readLibraryOrder } from '../../../shared/doors/read-library-order.ts';

const json = (value: unknown): JsonBody => ({ outcome: 'json', value });

it.each<readonly [string, JsonBody, object]>([
  ['no body', { outcome: 'problem', code: 'no-body', detail: 'Send one.' }, { does: 'plan', replace: [] }],
  ['an empty object', json({}), { does: 'plan', replace: [] }],
  ['names without apply', json({ replace: ['a.sh'] }), { does: 'plan', replace: ['a.sh'] }],
  ['apply', json({ apply: true }), { does: 'apply', replace: [] }],
  [
    'apply with names',
    json({ apply: true, replace: ['a.sh', 'b.ps1'] }),
    { does: 'apply', replace: ['a.sh', 'b.ps1'] },
  ],
])('%s is an order', (_, body, order) => {
  expect(readLibraryOrder(body)).toEqual({ outcome: 'order', ...order });
});

it.each<readonly [string, JsonBody, string]>([
  ['a body that is not JSON', { outcome: 'problem', code: 'not-json', detail: 'It is no JSON.' }, 'It is no JSON.'],
  ['a misspelt key', json({ aply: true }), 'the body'],
  ['a word for true', json({ apply: 'yes' }), 'apply'],
  ['one name that is no list', json({ apply: true, replace: 'a.sh' }), 'replace'],
  ['an empty name', json({ replace: [''] }), 'replace.0'],
  ['a list', json([]), 'the body'],
  ['null', json(null), 'the body'],
])('%s is none, and nothing is done', (_, body, why) => {
  const read = readLibraryOrder(body);
  expect(read).toMatchObject({ outcome: 'wrong', why: expect.stringContaining(why) });
});
