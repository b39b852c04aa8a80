import { expect, it } from 'vitest';
import { matchEtag } from '../../../shared/doors/match-etag.ts';

it.each([
  [null, 'new'],
  ['', 'new'],
  ['"b"', 'new'],
  ['"a"', 'known'],
  ['W/"a"', 'known'],
  ['"b", W/"a"', 'known'],
  ['*', 'known'],
])('an answer with the ETag "a" is, to %s, %s', (given, known) => {
  expect(matchEtag(given, '"a"')).toBe(known);
});
