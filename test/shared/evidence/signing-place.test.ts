import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readSigningPlace } from '../../../shared/evidence/signing-place.ts';

const VERSION = '0123456789abcdef0123456789abcdef';

describe('SIGNING_KEY_ID', () => {
  it.each([
    ['https://soc.vault.azure.net/keys/evidence', 'https://soc.vault.azure.net', null],
    ['https://soc.vault.azure.net/keys/evidence/', 'https://soc.vault.azure.net', null],
    [`https://soc.vault.usgovcloudapi.net/keys/evidence/${VERSION}`, 'https://soc.vault.usgovcloudapi.net', VERSION],
    [`https://soc.managedhsm.azure.net/keys/evidence/${VERSION}`, 'https://soc.managedhsm.azure.net', VERSION],
  ])('%s is a key in a vault', (text, vaultUrl, version) => {
    const place = { at: 'vault', vaultUrl, name: 'evidence', version };
    expect(readSigningPlace(text)).toEqual({ outcome: 'read', place });
  });

  it('may be a file of this machine', () => {
    const path = resolve('a folder', 'key.pem');
    expect(readSigningPlace(pathToFileURL(path).href)).toEqual({ outcome: 'read', place: { at: 'file', path } });
  });

  it.each([
    'evidence',
    'http://soc.vault.azure.net/keys/evidence',
    'https://soc.vault.azure.net/secrets/evidence',
    'https://soc.vault.azure.net/keys',
    'https://soc.vault.azure.net/keys/evidence/latest',
    'https://soc.vault.azure.net/keys/evidence/sign',
    `https://soc.vault.azure.net/keys/evidence/${VERSION}/sign`,
    'https://soc.vault.azure.net/keys/evid%65nce',
    'https://me:SECRET@soc.vault.azure.net/keys/evidence',
    'https://soc.vault.azure.net/keys/evidence?sig=SECRET',
    'file://server/share/key.pem',
  ])('%s is refused with a sentence that does not repeat it', (text) => {
    const read = readSigningPlace(text);
    expect(read).toMatchObject({ outcome: 'fault', fault: expect.stringMatching(/^no|^not/) });
    expect(JSON.stringify(read)).not.toContain('SECRET');
  });
});
