import { describe, expect, it } from 'vitest';
import { checkLink } from '../../../shared/evidence/check-link.ts';

const AZURE = ['.blob.core.windows.net'];
const TAIL = '/investigation-actions-data/x?se=2026-01-01&sp=r&sr=b&sig=SECRET';

describe('checkLink', () => {
  it.each<[string, string, readonly string[]]>([
    ['a host below the suffix', `https://automatedirstrprdweu.blob.core.windows.net${TAIL}`, AZURE],
    ['capitals', `HTTPS://AutomatedIR.BLOB.core.windows.net${TAIL}`, AZURE],
    ['the usual port by name', `https://a.blob.core.windows.net:443${TAIL}`, AZURE],
    ['no permissions to be seen', 'https://a.blob.core.windows.net/x?sig=SECRET', AZURE],
    ['a listed host', `https://results.example.org${TAIL}`, ['results.example.org']],
    [
      'a list with spaces and capitals',
      `https://results.example.org${TAIL}`,
      [' .blob.core.windows.net', ' Results.Example.org '],
    ],
    ['any port of a loopback origin', `http://127.0.0.1:40123${TAIL}`, ['http://127.0.0.1']],
    ['port 80 of a loopback origin', `http://127.0.0.1${TAIL}`, ['http://127.0.0.1:80']],
    ['the port of a loopback origin', `http://localhost:8080${TAIL}`, ['http://localhost:8080/']],
    ['a loopback origin of IPv6', `http://[::1]:8080${TAIL}`, ['http://[::1]']],
    ['a loopback origin with https', `https://localhost:8443${TAIL}`, ['https://localhost']],
  ])('allows %s', (_name, link, allowed) => {
    expect(checkLink(link, allowed)).toEqual({ verdict: 'allowed', url: new URL(link) });
  });

  it.each<[string, string, readonly string[], RegExp]>([
    ['no URL', 'sig=SECRET', AZURE, /not a URL/],
    ['nothing', '', AZURE, /not a URL/],
    ['http', `http://a.blob.core.windows.net${TAIL}`, AZURE, /not https/],
    ['a file', 'file:///etc/passwd?sig=SECRET', AZURE, /not https/],
    ['data', 'data:text/plain,SECRET', AZURE, /not https/],
    ['another port', `https://a.blob.core.windows.net:8443${TAIL}`, AZURE, /port other than 443/],
    ['port 80 with https', `https://a.blob.core.windows.net:80${TAIL}`, AZURE, /port other than 443/],
    ['a user', `https://SECRET@a.blob.core.windows.net${TAIL}`, AZURE, /user or a password/],
    ['a user and a password', `https://a:SECRET@a.blob.core.windows.net${TAIL}`, AZURE, /user or a password/],
    ['the allowed host as a user', `https://a.blob.core.windows.net@evil.example${TAIL}`, AZURE, /user or a password/],
    ['the suffix without a dot', `https://evilblob.core.windows.net${TAIL}`, AZURE, /evilblob\.core\.windows\.net/],
    ['the suffix alone', `https://blob.core.windows.net${TAIL}`, AZURE, /RESULT_LINK_HOSTS/],
    ['the suffix in the middle', `https://a.blob.core.windows.net.evil.example${TAIL}`, AZURE, /evil\.example/],
    ['the suffix in the path', `https://evil.example/.blob.core.windows.net${TAIL}`, AZURE, /evil\.example/],
    ['a backslash before the suffix', `https://evil.example\\.blob.core.windows.net${TAIL}`, AZURE, /evil\.example/],
    ['a final dot', `https://a.blob.core.windows.net.${TAIL}`, AZURE, /no host that could be allowed/],
    ['a full-width dot of another host', `https://evil\u3002example${TAIL}`, AZURE, /evil\.example/],
    ['a look-alike', `https://a.bl\u043eb.core.windows.net${TAIL}`, AZURE, /xn--/],
    ['a subdomain of a listed host', `https://a.results.example.org${TAIL}`, ['results.example.org'], /a\.results/],
    ['an address that ends like a suffix', `https://10.0.0.1${TAIL}`, ['.0.0.1', '.1'], /10\.0\.0\.1/],
    ['an address in disguise', `https://0x7f.1${TAIL}`, AZURE, /127\.0\.0\.1/],
    ['loopback that is not listed', `http://127.0.0.1${TAIL}`, AZURE, /not https/],
    ['another port of a loopback origin', `http://127.0.0.1:81${TAIL}`, ['http://127.0.0.1:80'], /not https/],
    ['another name of a loopback origin', `http://localhost${TAIL}`, ['http://127.0.0.1'], /not https/],
    ['another scheme of a loopback origin', `https://127.0.0.1:8443${TAIL}`, ['http://127.0.0.1'], /port/],
    ['an origin that is not loopback', `http://evil.example${TAIL}`, ['http://evil.example'], /not https/],
    ['an origin that looks like loopback', `http://127.0.0.1.evil.example${TAIL}`, ['http://127.0.0.1'], /not https/],
    ['metadata', `http://169.254.169.254${TAIL}`, ['http://169.254.169.254'], /not https/],
    ['a suffix that is a dot', `https://evil.example${TAIL}`, ['.', '', '*'], /evil\.example/],
    ['an empty list', `https://a.blob.core.windows.net${TAIL}`, [], /RESULT_LINK_HOSTS/],
    ['the signature as a host', 'https://sig=SECRET/x', AZURE, /no host that could be allowed/],
    ['permission to write', 'https://a.blob.core.windows.net/x?sp=rw&sig=SECRET', AZURE, /more than reading/],
    ['permission to delete', 'https://a.blob.core.windows.net/x?sp=d&sig=SECRET', AZURE, /more than reading/],
    ['no permission', 'https://a.blob.core.windows.net/x?sp=&sig=SECRET', AZURE, /more than reading/],
    ['two permissions', 'https://a.blob.core.windows.net/x?sp=r&sp=rwd&sig=SECRET', AZURE, /more than reading/],
    ['permission in capitals', 'https://a.blob.core.windows.net/x?SP=rw&sig=SECRET', AZURE, /more than reading/],
    [
      'permission to write on loopback',
      'http://127.0.0.1/x?sp=rw&sig=SECRET',
      ['http://127.0.0.1'],
      /more than reading/,
    ],
  ])('refuses %s', (_name, link, allowed, reason) => {
    const checked = checkLink(link, allowed);
    expect(checked).toEqual({ verdict: 'refused', reason: expect.stringMatching(reason) });
    expect(JSON.stringify(checked)).not.toMatch(/SECRET|sig=/i);
  });
});
