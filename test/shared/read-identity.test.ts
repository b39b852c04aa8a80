import { describe, expect, it } from 'vitest';
import { readIdentity } from '../../shared/read-identity.ts';

const TENANT = 'a839b112-1253-6432-9bf6-94542403f21c';
const CLIENT = '11111111-2222-3333-4444-555555555555';
const OWN = '66666666-7777-8888-9999-000000000000';
const APP = { DEFENDER_TENANT_ID: TENANT, DEFENDER_CLIENT_ID: CLIENT };
const PLATFORM = { IDENTITY_ENDPOINT: 'http://169.254.129.2:8081/msi/token' };

function read(environment: Readonly<Record<string, string>>) {
  const faults: string[] = [];
  return { identity: readIdentity(environment, faults), faults };
}

describe('readIdentity', () => {
  it.each([
    ['nothing, on a machine', {}, { by: 'signed-in developer' }],
    ['nothing but a user-assigned identity, on a machine', { AZURE_CLIENT_ID: OWN }, { by: 'signed-in developer' }],
    ['nothing, on the platform', PLATFORM, { by: 'managed identity', clientId: null }],
    [
      'a user-assigned identity, on the platform',
      { ...PLATFORM, AZURE_CLIENT_ID: OWN },
      { by: 'managed identity', clientId: OWN },
    ],
    [
      'the tenant alone, which only says whose alerts are taken',
      { ...PLATFORM, DEFENDER_TENANT_ID: TENANT },
      { by: 'managed identity', clientId: null },
    ],
    [
      'a token, wherever it runs',
      { ...PLATFORM, DEFENDER_ACCESS_TOKEN: ' abc.def\n' },
      { by: 'token', accessToken: 'abc.def' },
    ],
    [
      'an app registration with a secret',
      { ...APP, DEFENDER_CLIENT_SECRET: ' s3cret~ ' },
      { by: 'client secret', tenantId: TENANT, clientId: CLIENT, clientSecret: 's3cret~' },
    ],
    [
      'an app registration with a certificate',
      { ...PLATFORM, ...APP, DEFENDER_CLIENT_CERTIFICATE_PATH: '/home/app.pem' },
      { by: 'client certificate', tenantId: TENANT, clientId: CLIENT, certificatePath: '/home/app.pem' },
    ],
    [
      'an app registration that trusts the user-assigned identity',
      { ...PLATFORM, ...APP, AZURE_CLIENT_ID: OWN },
      { by: 'federated credential', tenantId: TENANT, clientId: CLIENT, managedIdentityClientId: OWN },
    ],
    [
      'an app registration that trusts the system-assigned identity',
      APP,
      { by: 'federated credential', tenantId: TENANT, clientId: CLIENT, managedIdentityClientId: null },
    ],
  ])('chooses by %s', (_, environment, identity) => {
    expect(read(environment)).toEqual({ identity, faults: [] });
  });

  it.each<[string, Record<string, string>, RegExp[]]>([
    ['a secret of nobody', { DEFENDER_CLIENT_SECRET: 'SECRET' }, [/^DEFENDER_CLIENT_SECRET: .*set DEFENDER_CLIENT_ID/]],
    [
      'a certificate of nobody',
      { ...PLATFORM, DEFENDER_CLIENT_CERTIFICATE_PATH: 'SECRET' },
      [/^DEFENDER_CLIENT_CERTIFICATE_PATH: .*set DEFENDER_CLIENT_ID/],
    ],
    ['an app of no tenant', { DEFENDER_CLIENT_ID: CLIENT }, [/^DEFENDER_TENANT_ID: not set/]],
    [
      'an app beside a token',
      { ...APP, DEFENDER_ACCESS_TOKEN: 'SECRET' },
      [/^DEFENDER_ACCESS_TOKEN: set beside DEFENDER_CLIENT_ID/],
    ],
    [
      'a secret and a certificate',
      { ...APP, DEFENDER_CLIENT_SECRET: 'SECRET', DEFENDER_CLIENT_CERTIFICATE_PATH: 'SECRET' },
      [/^DEFENDER_CLIENT_SECRET and DEFENDER_CLIENT_CERTIFICATE_PATH: both are set/],
    ],
    [
      'all of that at once',
      {
        DEFENDER_CLIENT_ID: CLIENT,
        DEFENDER_CLIENT_SECRET: 'SECRET',
        DEFENDER_CLIENT_CERTIFICATE_PATH: 'SECRET',
        DEFENDER_ACCESS_TOKEN: 'SECRET',
      },
      [/^DEFENDER_TENANT_ID/, /^DEFENDER_ACCESS_TOKEN/, /both are set/],
    ],
    ['an app that is no id', { ...APP, DEFENDER_CLIENT_ID: 'SECRET' }, [/^DEFENDER_CLIENT_ID: /]],
    ['an identity that is no id', { AZURE_CLIENT_ID: 'SECRET' }, [/^AZURE_CLIENT_ID: /]],
    ['a token of two words', { DEFENDER_ACCESS_TOKEN: 'SECRET b' }, [/^DEFENDER_ACCESS_TOKEN: .*no spaces/]],
  ])('names %s, and quotes no value', (_, environment, expected) => {
    const { identity, faults } = read(environment);
    expect(identity).toBeNull();
    expect(faults).toEqual(expected.map((fault) => expect.stringMatching(fault)));
    expect(faults.join().replaceAll('CLIENT_SECRET', '')).not.toContain('SECRET');
  });
});
