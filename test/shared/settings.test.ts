import { describe, expect, it } from 'vitest';
import { readSettings } from '../../shared/settings.ts';

const least = { StateStorage: 'UseDevelopmentStorage=true', EvidenceStorage: 'UseDevelopmentStorage=true' };

describe('readSettings', () => {
  it('has a default for all but the storage', () => {
    expect(readSettings(least)).toMatchObject({
      defenderApiUrl: 'https://api.security.microsoft.com',
      defenderScope: 'https://api.securitycenter.microsoft.com/.default',
      defenderAccessToken: null,
      resultLinkHosts: ['.blob.core.windows.net'],
      startsPerMinute: 10,
      sessions: 20,
      pollSchedule: '*/15 * * * * *',
      deadlineHours: 72,
      mode: 'collect',
      authLevel: 'function',
    });
  });

  it('names every missing and wrong setting in one message, and what to do', () => {
    const read = () =>
      readSettings({
        MODE: 'on',
        LIVE_RESPONSE_SESSIONS: 'many',
        DEFENDER_API_URL: 'api.security',
        StateStorage__blobServiceUri: 'https://a.blob.core.windows.net',
      });
    expect(read).toThrow(/MODE[\s\S]*StateStorage__tableServiceUri[\s\S]*EvidenceStorage[\s\S]*start again/);
    expect(read).toThrow(/LIVE_RESPONSE_SESSIONS/);
    expect(read).toThrow(/DEFENDER_API_URL/);
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
      defenderAccessToken: null,
      mode: 'collect',
    });
    expect(() => readSettings({ ...least, StateStorage: '' })).toThrow(/StateStorage: not set/);
  });

  it('leaves keys to the platform only where the platform does not authenticate', () => {
    expect(readSettings({ ...least, WEBSITE_AUTH_ENABLED: 'True' }).authLevel).toBe('anonymous');
    expect(readSettings({ ...least, WEBSITE_AUTH_ENABLED: 'False' }).authLevel).toBe('function');
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
    ['a scope that is none', { DEFENDER_SCOPE: 'x' }, /DEFENDER_SCOPE/],
    ['a schedule that is none', { POLL_SCHEDULE: 'often' }, /POLL_SCHEDULE/],
    ['more sessions than the quota row keeps', { LIVE_RESPONSE_SESSIONS: '1000' }, /LIVE_RESPONSE_SESSIONS/],
  ])('refuses %s by name', (_, changes, message) => {
    expect(() => readSettings({ ...least, ...changes })).toThrow(message);
    expect(() => readSettings({ ...least, ...changes })).not.toThrow(/SECRET/);
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
