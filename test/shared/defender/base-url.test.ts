import { describe, expect, it } from 'vitest';
import { readBaseUrl, urlBelow } from '../../../shared/defender/base-url.ts';

describe('readBaseUrl', () => {
  it.each([
    'https://api.security.microsoft.com',
    'https://api-eu.securitycenter.microsoft.com/',
    'https://api-gov.securitycenter.microsoft.us',
    'http://127.0.0.1:7071',
    'http://localhost:8080',
    'http://[::1]:8080',
  ])('takes %s', (text) => {
    expect(urlBelow(readBaseUrl(text), '/api/alerts').href).toBe(`${text.replace(/\/$/, '')}/api/alerts`);
  });

  it('keeps a path that a stand-in is mounted on', () => {
    expect(urlBelow(readBaseUrl('https://gateway.contoso.com/defender/'), '/api/alerts').href).toBe(
      'https://gateway.contoso.com/defender/api/alerts',
    );
  });

  it.each([
    ['api.security.microsoft.com', 'is no URL'],
    ['', 'is no URL'],
    ['http://api.security.microsoft.com', 'is not https'],
    ['http://127.0.0.1.contoso.com', 'is not https'],
    ['http://localhost.contoso.com', 'is not https'],
    ['ftp://127.0.0.1', 'is not https'],
    ['https://user:PASSWORD@api.security.microsoft.com', 'holds a user name or password'],
    ['https://api.security.microsoft.com?code=SECRET', 'holds a query'],
  ])('refuses %s', (text, why) => {
    expect(() => readBaseUrl(text)).toThrow(`DEFENDER_API_URL ${why}`);
    expect(() => readBaseUrl(text)).not.toThrow(/PASSWORD|SECRET/);
  });
});
