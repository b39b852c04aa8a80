import { describe, expect, it } from 'vitest';
import { readSettings } from '../../shared/settings.ts';

const least = { StateStorage: 'UseDevelopmentStorage=true', EvidenceStorage: 'UseDevelopmentStorage=true' };

describe('readSettings', () => {
  it('has a default for all but the storage', () => {
    expect(readSettings(least)).toMatchObject({
      defenderCloud: 'commercial',
      defenderApiUrl: 'https://api.security.microsoft.com',
      defenderScope: 'https://api.securitycenter.microsoft.com/.default',
      defenderIdentity: { by: 'signed-in developer' },
      defenderTenantId: null,
      resultLinkHosts: ['.blob.core.windows.net'],
      startsPerMinute: 10,
      sessions: 20,
      callsPerMinute: 100,
      callsPerHour: 1_500,
      pollSchedule: '*/15 * * * * *',
      pendingLimitMinutes: 20,
      mergeMinutes: 60,
      deadlineHours: 72,
      mode: 'collect',
      discovery: null,
      signingPlace: { at: 'nowhere' },
      ownClientId: null,
      authLevel: 'function',
    });
  });

  it('names every missing and wrong setting in one message, and what to do', () => {
    const read = () =>
      readSettings({
        MODE: 'on',
        LIVE_RESPONSE_SESSIONS: 'many',
        DEFENDER_API_URL: 'api.security',
        DEFENDER_CLOUD: 'moon',
        DEFENDER_CLIENT_SECRET: 'SECRET',
        StateStorage__blobServiceUri: 'https://a.blob.core.windows.net',
      });
    expect(read).toThrow(/MODE[\s\S]*StateStorage__tableServiceUri[\s\S]*EvidenceStorage[\s\S]*start again/);
    expect(read).toThrow(/LIVE_RESPONSE_SESSIONS/);
    expect(read).toThrow(/DEFENDER_API_URL: it is no URL/);
    expect(read).toThrow(/DEFENDER_CLOUD/);
    expect(read).toThrow(/DEFENDER_CLIENT_SECRET: .*DEFENDER_CLIENT_ID/);
    expect(read).not.toThrow(/SECRET\b(?!:)/);
  });

  it('discovers alerts where it is told to, by severities and statuses in any casing', () => {
    expect(readSettings({ ...least, DISCOVER_ALERTS: 'True' }).discovery).toEqual({
      schedule: '30 * * * * *',
      severities: ['Medium', 'High'],
      statuses: ['New', 'InProgress'],
    });
    const chosen = { DISCOVER_SEVERITIES: 'high, LOW,', DISCOVER_STATUSES: 'resolved' };
    expect(readSettings({ ...least, DISCOVER_ALERTS: 'true', ...chosen }).discovery).toMatchObject({
      severities: ['Low', 'High'],
      statuses: ['Resolved'],
    });
  });

  it.each([
    ['DISCOVER_ALERTS', 'yes'],
    ['DISCOVER_SEVERITIES', 'High,Huge'],
    ['DISCOVER_SEVERITIES', ','],
    ['DISCOVER_STATUSES', 'Open'],
    ['DISCOVER_SCHEDULE', 'each minute'],
  ])('refuses %s %j by its name', (name, value) => {
    expect(() => readSettings({ ...least, [name]: value })).toThrow(new RegExp(`${name}: `));
  });

  it('says nothing of the value of a setting that holds a secret', () => {
    expect(() => readSettings({ StateStorage: 'AccountKey=SECRET', DEFENDER_ACCESS_TOKEN: 'SECRET' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('SECRET') }),
    );
  });

  it('takes an identity by service URIs', () => {
    const settings = readSettings({
      StateStorage__blobServiceUri: 'https://state.blob.core.windows.net',
      StateStorage__queueServiceUri: 'https://state.queue.core.windows.net',
      StateStorage__tableServiceUri: 'https://state.table.core.windows.net',
      StateStorage__clientId: '11111111-2222-3333-4444-555555555555',
      EvidenceStorage__blobServiceUri: 'https://evidence.blob.core.windows.net',
    });
    expect(settings.stateStorage).toEqual({
      by: 'identity',
      blobServiceUri: 'https://state.blob.core.windows.net',
      tableServiceUri: 'https://state.table.core.windows.net',
      clientId: '11111111-2222-3333-4444-555555555555',
    });
    expect(settings.evidenceStorage).toMatchObject({ by: 'identity', clientId: null });
  });

  it('an empty value is a missing one', () => {
    expect(readSettings({ ...least, DEFENDER_ACCESS_TOKEN: '', MODE: ' ' })).toMatchObject({
      defenderIdentity: { by: 'signed-in developer' },
      mode: 'collect',
    });
    expect(() => readSettings({ ...least, StateStorage: '' })).toThrow(/StateStorage: not set/);
  });

  it('takes the least and the most that each count may be', () => {
    expect(
      readSettings({ ...least, MERGE_MINUTES: '0', API_CALLS_PER_MINUTE: '1', API_CALLS_PER_HOUR: '60000' }),
    ).toMatchObject({
      mergeMinutes: 0,
      callsPerMinute: 1,
      callsPerHour: 60_000,
    });
    expect(readSettings({ ...least, PENDING_LIMIT_MINUTES: '4320' }).pendingLimitMinutes).toBe(4_320);
  });

  it('takes a signing key of a vault, and one in a file where the platform is not', () => {
    const keyId = 'https://soc.vault.azure.net/keys/evidence';
    const own = '11111111-2222-3333-4444-555555555555';
    expect(readSettings({ ...least, SIGNING_KEY_ID: keyId, AZURE_CLIENT_ID: own })).toMatchObject({
      signingPlace: { at: 'vault', vaultUrl: 'https://soc.vault.azure.net', name: 'evidence', version: null },
      ownClientId: own,
    });
    const file = { ...least, SIGNING_KEY_ID: 'file:///tmp/key.pem' };
    expect(readSettings(file).signingPlace).toMatchObject({ at: 'file' });
    expect(() => readSettings({ ...file, WEBSITE_SITE_NAME: 'collector' })).toThrow(
      /SIGNING_KEY_ID: a key in a file is for runs on a machine of your own/,
    );
  });

  it('comments and publishes only when told to, and knows its own address from the platform', () => {
    expect(readSettings(least)).toMatchObject({ commentOnAlert: 'off', completionTopicEndpoint: null, apiRoot: null });
    const endpoint = 'https://soc.westeurope-1.eventgrid.azure.net/api/events';
    const told = { COMMENT_ON_ALERT: 'true', COMPLETION_TOPIC_ENDPOINT: endpoint, WEBSITE_HOSTNAME: 'soc.azure.net' };
    expect(readSettings({ ...least, ...told })).toMatchObject({
      commentOnAlert: 'on',
      completionTopicEndpoint: endpoint,
      apiRoot: 'https://soc.azure.net/api',
    });
    for (const wrong of ['http://soc.example.com/api/events', 'https://a@b.example.com/x', `${endpoint}?sig=SECRET`])
      expect(() => readSettings({ ...least, COMPLETION_TOPIC_ENDPOINT: wrong })).toThrow(/COMPLETION_TOPIC_ENDPOINT/);
    expect(() => readSettings({ ...least, COMMENT_ON_ALERT: 'perhaps' })).toThrow(/COMMENT_ON_ALERT/);
  });

  it('leaves keys to the platform only where the platform does not authenticate', () => {
    expect(readSettings({ ...least, WEBSITE_AUTH_ENABLED: 'True' }).authLevel).toBe('anonymous');
    expect(readSettings({ ...least, WEBSITE_AUTH_ENABLED: 'False' }).authLevel).toBe('function');
  });

  it.each([
    [{ WEBSITE_AUTH_ENABLED: 'true' }, 'by the platform'],
    [{ WEBSITE_AUTH_ENABLED: 'true', HOST_LISTENS_ON: 'loopback' }, 'by the platform'],
    [{}, 'by a key'],
    [{ HOST_LISTENS_ON: 'all addresses' }, 'by a key'],
    [{ HOST_LISTENS_ON: 'loopback', WEBSITE_SITE_NAME: 'collector' }, 'by a key'],
    [{ HOST_LISTENS_ON: 'loopback' }, 'by loopback'],
  ])('with %j callers are vouched for %s', (more, vouching) => {
    expect(readSettings({ ...least, ...more }).vouching).toBe(vouching);
  });

  it.each<readonly [string, Readonly<Record<string, string>>, RegExp]>([
    ['a connection string that is none', { EvidenceStorage: 'garbage' }, /EvidenceStorage: not a connection string/],
    [
      'a service URI that is none',
      {
        StateStorage: '',
        StateStorage__blobServiceUri: 'x',
        StateStorage__tableServiceUri: 'https://a.table.core.windows.net',
      },
      /StateStorage__blobServiceUri: not a URL/,
    ],
    ['a link host with a path', { RESULT_LINK_HOSTS: 'https://x/*/' }, /RESULT_LINK_HOSTS/],
    ['a link host that is everything', { RESULT_LINK_HOSTS: '*' }, /RESULT_LINK_HOSTS/],
    ['a deadline of no time', { COLLECTION_DEADLINE_HOURS: '1e-9' }, /COLLECTION_DEADLINE_HOURS/],
    [
      'a token with a space',
      { DEFENDER_ACCESS_TOKEN: 'SECRET b' },
      /DEFENDER_ACCESS_TOKEN: an access token has no spaces/,
    ],
    [
      'a base URL that takes tokens in the clear',
      { DEFENDER_API_URL: 'http://x.example' },
      /DEFENDER_API_URL: it is not https/,
    ],
    [
      'a base URL with a secret',
      { DEFENDER_API_URL: 'https://x.example?code=SECRET' },
      /DEFENDER_API_URL: it holds a query/,
    ],
    ['a cloud that is none', { DEFENDER_CLOUD: 'germany' }, /DEFENDER_CLOUD: .*"gcc-high"/],
    ['a tenant that is none', { DEFENDER_TENANT_ID: 'contoso' }, /DEFENDER_TENANT_ID/],
    ['a quota of no calls', { API_CALLS_PER_MINUTE: '0' }, /API_CALLS_PER_MINUTE/],
    ['a quota that is no number', { API_CALLS_PER_HOUR: 'all' }, /API_CALLS_PER_HOUR/],
    ['a limit of half a minute', { PENDING_LIMIT_MINUTES: '0.5' }, /PENDING_LIMIT_MINUTES/],
    ['a time before the alert', { MERGE_MINUTES: '-1' }, /MERGE_MINUTES/],
    ['a scope that is none', { DEFENDER_SCOPE: 'x' }, /DEFENDER_SCOPE/],
    ['a schedule that is none', { POLL_SCHEDULE: 'often' }, /POLL_SCHEDULE/],
    [
      'a signing key that is none',
      { SIGNING_KEY_ID: 'https://x.vault.azure.net/secrets/SECRET' },
      /SIGNING_KEY_ID: not the identifier of a key/,
    ],
    ['more sessions than the quota row keeps', { LIVE_RESPONSE_SESSIONS: '1000' }, /LIVE_RESPONSE_SESSIONS/],
  ])('refuses %s by name', (_, changes, message) => {
    expect(() => readSettings({ ...least, ...changes })).toThrow(message);
    expect(() => readSettings({ ...least, ...changes })).not.toThrow(/SECRET/);
  });

  it.each([
    ['gcc', 'https://api-gcc.securitycenter.microsoft.us', ['.blob.core.windows.net', '.blob.core.usgovcloudapi.net']],
    ['GCC-High', 'https://api-gov.securitycenter.microsoft.us', ['.blob.core.usgovcloudapi.net']],
    ['eu', 'https://eu.api.security.microsoft.com', ['.blob.core.windows.net']],
  ])('takes base, scope and link hosts of the cloud %s', (cloud, defenderApiUrl, resultLinkHosts) => {
    const settings = readSettings({ ...least, DEFENDER_CLOUD: cloud });
    expect(settings).toMatchObject({ defenderCloud: cloud.toLowerCase(), defenderApiUrl, resultLinkHosts });
    const scopeOf = cloud === 'eu' ? 'https://api.securitycenter.microsoft.com' : defenderApiUrl;
    expect(settings.defenderScope).toBe(`${scopeOf}/.default`);
  });

  it('lets each setting of its own win over the cloud', () => {
    const own = {
      DEFENDER_API_URL: 'http://127.0.0.1:7072/',
      DEFENDER_SCOPE: 'https://securitycenter.onmicrosoft.com/windowsatpservice/.default',
      RESULT_LINK_HOSTS: 'http://127.0.0.1',
    };
    expect(readSettings({ ...least, DEFENDER_CLOUD: 'dod', ...own })).toMatchObject({
      defenderCloud: 'dod',
      defenderApiUrl: 'http://127.0.0.1:7072',
      defenderScope: own.DEFENDER_SCOPE,
      resultLinkHosts: ['http://127.0.0.1'],
    });
    for (const name of ['DEFENDER_API_URL', 'DEFENDER_SCOPE', 'RESULT_LINK_HOSTS'] as const) {
      const { defenderApiUrl, defenderScope, resultLinkHosts } = readSettings({
        ...least,
        DEFENDER_CLOUD: 'dod',
        [name]: own[name],
      });
      const fromCloud = [
        defenderApiUrl === 'https://api-gov.securitycenter.microsoft.us',
        defenderScope === 'https://api-gov.securitycenter.microsoft.us/.default',
        resultLinkHosts.join() === '.blob.core.usgovcloudapi.net',
      ];
      expect(fromCloud.filter((is) => is)).toHaveLength(2);
    }
  });

  it.each([
    '.blob.core.windows.net',
    'a.example.com, .b.example.com',
    'http://127.0.0.1',
    'http://localhost:8080,.blob.core.usgovcloudapi.net,',
    'https://127.0.0.1:10000',
  ])('takes %s as link hosts', (hosts) => {
    expect(readSettings({ ...least, RESULT_LINK_HOSTS: hosts }).resultLinkHosts.length).toBeGreaterThan(0);
  });
});
