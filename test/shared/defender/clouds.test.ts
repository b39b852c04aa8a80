import { describe, expect, it } from 'vitest';
import { CLOUD_NAMES, CLOUDS } from '../../../shared/defender/clouds.ts';

const COMMERCIAL = [
  'https://login.microsoftonline.com',
  'https://api.securitycenter.microsoft.com/.default',
  'api://AzureADTokenExchange/.default',
  '.blob.core.windows.net',
] as const;
const HIGH = [
  'https://login.microsoftonline.us',
  'https://api-gov.securitycenter.microsoft.us/.default',
  'api://AzureADTokenExchangeUSGov/.default',
  '.blob.core.usgovcloudapi.net',
] as const;

describe('CLOUDS', () => {
  it.each<[string, string, string, string, string, ...string[]]>([
    ['commercial', 'https://api.security.microsoft.com', ...COMMERCIAL],
    ['us', 'https://us.api.security.microsoft.com', ...COMMERCIAL],
    ['eu', 'https://eu.api.security.microsoft.com', ...COMMERCIAL],
    ['uk', 'https://uk.api.security.microsoft.com', ...COMMERCIAL],
    ['au', 'https://au.api.security.microsoft.com', ...COMMERCIAL],
    ['swa', 'https://swa.api.security.microsoft.com', ...COMMERCIAL],
    ['ina', 'https://ina.api.security.microsoft.com', ...COMMERCIAL],
    [
      'gcc',
      'https://api-gcc.securitycenter.microsoft.us',
      'https://login.microsoftonline.com',
      'https://api-gcc.securitycenter.microsoft.us/.default',
      'api://AzureADTokenExchange/.default',
      '.blob.core.windows.net',
      '.blob.core.usgovcloudapi.net',
    ],
    ['gcc-high', 'https://api-gov.securitycenter.microsoft.us', ...HIGH],
    ['dod', 'https://api-gov.securitycenter.microsoft.us', ...HIGH],
  ])('has %s at %s', (name, apiUrl, authority, scope, exchangeScope, ...linkHosts) => {
    const known = CLOUD_NAMES.find((cloud) => cloud === name);
    expect(known === undefined ? null : CLOUDS[known]).toEqual({ apiUrl, authority, scope, exchangeScope, linkHosts });
  });

  it('has no cloud that the table above does not name', () => {
    expect(CLOUD_NAMES).toHaveLength(10);
  });
});
