import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../shared/defender/parse-json.ts';

describe('parseJson', () => {
  it.each([
    ['plain', '{"a":1}', { a: 1 }],
    ['after a byte order mark', '\uFEFF{"a":1}', { a: 1 }],
    ['with a NUL tail', '{"a":1}\0\0\0', { a: 1 }],
    ['with NULs in a string', '{"a":"x\0y"}', { a: 'xy' }],
    ['with escaped backslashes', '{"path":"C:\\\\windows\\\\@temp"}', { path: 'C:\\windows\\@temp' }],
    ['with a raw line end in a string', '{"a":"one\ntwo","b":"\\u0000\\n"}', { a: 'one two', b: '\0\n' }],
    [
      'as the page of the library prints it',
      '{\n"\\@odata.context": "https://api.security.microsoft.com\n/api/\\$metadata\\#LibraryFiles",\n"value": []\n}',
      { '@odata.context': 'https://api.security.microsoft.com /api/$metadata#LibraryFiles', value: [] },
    ],
    ['with both stray and true backslashes', '{"\\@a":"C:\\\\x\\n"}', { '@a': 'C:\\x\n' }],
  ])('reads JSON %s', (_, text, value) => expect(parseJson(text)).toEqual({ parsed: 'value', value }));

  it.each(['{"a":', '{"value":[{"id":"1"},', '<html></html>', 'null,', '{"path":"C:\\Users"}', '{"a":1}}'])(
    'does not guess at %s',
    (text) => expect(parseJson(text)).toEqual({ parsed: 'not JSON' }),
  );

  it.each(['', ' \n', '\uFEFF', '\0'])('finds nothing in %j', (text) =>
    expect(parseJson(text)).toEqual({ parsed: 'nothing' }),
  );
});
