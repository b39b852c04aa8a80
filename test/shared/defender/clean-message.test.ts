import { describe, expect, it } from 'vitest';
import { cleanMessage } from '../../../shared/defender/clean-message.ts';

const TOKEN = 'PLANTED-TOKEN';

describe('cleanMessage', () => {
  it.each([
    ['Machine 123123123 was not found', 'Machine 123123123 was not found'],
    ['Action is already in progress', 'Action is already in progress'],
    [
      'API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.',
      'API calls quota exceeded! Maximum allowed 30 per 00:01:00 for the key Destination+TenantID+AppID. You can send requests again in 8 seconds.',
    ],
    [
      'Machine 1e5bc9d7e413ddd7902c2932e418702b84d0cc07 is offline',
      'Machine 1e5bc9d7e413ddd7902c2932e418702b84d0cc07 is offline',
    ],
    ['two\r\nlines\tand\u0000a NUL', 'two lines and a NUL'],
    ['a name \u202Efdp.exe turned round', 'a name fdp.exe turned round'],
    ['see https://contoso.blob.core.windows.net/a?sv=1&sig=SECRET now', 'see [link] now'],
    ['path /a/b?sv=1&sig=SECRET now', 'path /a/b[hidden] now'],
    ['the value sig=SECRET was wrong', 'the value sig [hidden] was wrong'],
    ['the value "sig": "SECRET" was wrong', 'the value "sig [hidden]" was wrong'],
    ['the value sig%3DSECRET was wrong', 'the value sig [hidden] was wrong'],
    ['Authorization: Bearer abc.def is wrong', 'Authorization [hidden] [hidden] is wrong'],
    [`token was ${TOKEN}!`, 'token was [hidden]!'],
    [`run ${'A'.repeat(70)} end`, 'run [hidden] end'],
    ['', ''],
  ])('makes "%s" fit to be shown', (message, clean) => {
    const text = cleanMessage(message, [TOKEN]);
    expect(text.replace(/\s+/g, ' ')).toBe(clean);
    expect(text).not.toMatch(/SECRET|PLANTED|abc\.def/);
  });

  it('is 300 characters long at most', () => {
    const text = cleanMessage('no '.repeat(1_000));
    expect(text).toHaveLength(300);
    expect(text.endsWith('…')).toBe(true);
  });

  it("leaves a message whole when a stand-in's token is a letter", () => {
    expect(cleanMessage('Machine not found', ['n', ''])).toBe('Machine not found');
  });
});
