import { expect, it } from 'vitest';
import { readWrapping } from '../../../shared/doors/read-wrapping.ts';

it.each([
  ['', 'as it is'],
  ['as=zip', 'in a zip'],
  ['code=a-function-key', 'as it is'],
  ['as=zip&code=a-function-key', 'in a zip'],
])('with ?%s a file comes %s', (query, wrapped) => {
  expect(readWrapping(new URLSearchParams(query))).toEqual({ outcome: 'wrapping', wrapped });
});

it.each(['as=ZIP', 'as=', 'as=gzip', 'zip', 'as=zip&password=x', 'As=zip'])('?%s is refused', (query) => {
  expect(readWrapping(new URLSearchParams(query))).toEqual({ outcome: 'wrong', why: expect.stringMatching(/\.$/) });
});
