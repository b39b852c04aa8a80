import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../shared/settings.ts';

const root = new URL('../../', import.meta.url);
const main = readFileSync(new URL('infra/main.bicep', root), 'utf8');

/** Names that others than the collector's settings read, and who does. */
const PLATFORM: Readonly<Record<string, string>> = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: 'Functions host',
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'Functions host',
  AZURE_CLIENT_ID: '@azure/identity, for the Defender token',
};

/** What the host reads of a storage connection that is made by a user-assigned identity. */
const CONNECTION_PARTS = ['blobServiceUri', 'queueServiceUri', 'credential', 'clientId'];
const hostParts = [...CONNECTION_PARTS, 'tableServiceUri'].map((part) => `AzureWebJobsStorage__${part}`);

const triggerParts = readdirSync(new URL('functions/', root))
  .flatMap((file) => [...readFileSync(new URL(`functions/${file}`, root), 'utf8').matchAll(/\bconnection: '(\w+)'/g)])
  .flatMap(([, connection]) => CONNECTION_PARTS.map((part) => `${connection}__${part}`));

/** The least that the settings accept. */
const least = {
  StateStorage__blobServiceUri: 'https://state.invalid/',
  StateStorage__tableServiceUri: 'https://state.invalid/',
  EvidenceStorage__blobServiceUri: 'https://evidence.invalid/',
};

/** The app settings of the template: name to Bicep expression. */
function readAppSettings(bicep: string): Map<string, string> {
  const block = /^ {4}appSettings: \{\n([\s\S]*?)^ {4}\}/m.exec(bicep)?.[1] ?? '';
  return new Map(
    block
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => {
        const [, name, expression] = /^ {6}(\w+): (.+)$/.exec(line) ?? [];
        if (name === undefined || expression === undefined) throw new Error(`No app setting: ${line}`);
        return [name, expression];
      }),
  );
}

/** What an expression gives when every parameter keeps its default; what only a deployment knows is made up. */
function evaluate(bicep: string, expression: string): string {
  if (/^'[^'$]*'$/.test(expression)) return expression.slice(1, -1);
  if (/^\w+\.outputs\.\w+ServiceUri$/.test(expression)) return 'https://account.invalid/';
  if (expression === 'signing.outputs.keyId') return 'https://vault.invalid/keys/evidence';
  if (/^(tenant\(\)\.tenantId|identity\.properties\.clientId)$/.test(expression))
    return '11111111-2222-3333-4444-555555555555';
  const parameter = /^(?:string\()?(\w+)\)?$/.exec(expression)?.[1] ?? '';
  const value = new RegExp(`^param ${parameter} (?:string|int|bool) = (?:'(.*)'|(\\d+|true|false))$`, 'm').exec(bicep);
  if (value === null) throw new Error(`The test cannot tell what ${expression} is.`);
  return value[1] ?? value[2] ?? '';
}

function deployedSettings(bicep: string) {
  const others = new Set([...Object.keys(PLATFORM), ...hostParts]);
  const own = [...readAppSettings(bicep)].filter(([name]) => !others.has(name));
  return readSettings(Object.fromEntries(own.map(([name, expression]) => [name, evaluate(bicep, expression)])));
}

function outcome(read: () => unknown): string {
  try {
    return JSON.stringify(read());
  } catch (fault) {
    return String(fault);
  }
}

/** True when the settings come out differently with this name set. */
function isRead(name: string): boolean {
  return outcome(() => readSettings({ ...least, [name]: '!' })) !== outcome(() => readSettings(least));
}

function findFaults(bicep: string): string[] {
  const names = [...readAppSettings(bicep).keys()];
  const known = new Set([...Object.keys(PLATFORM), ...hostParts, ...triggerParts]);
  const start = /(?<= - ).*/g;
  return [
    ...names.filter((name) => !known.has(name) && !isRead(name)).map((name) => `${name}: nothing reads it`),
    ...[...known].filter((name) => !names.includes(name)).map((name) => `${name}: the platform misses it`),
    ...(outcome(() => deployedSettings(bicep)).match(start) ?? []),
  ];
}

describe('the app settings that are deployed', () => {
  it('are all read, and let the app start', () => {
    expect(readAppSettings(main).size).toBeGreaterThan(20);
    expect(triggerParts).toContain('StateStorage__queueServiceUri');
    expect(findFaults(main)).toEqual([]);
  });

  it('are the defaults of the collector, but that it only observes', () => {
    const { stateStorage, evidenceStorage, defenderTenantId, signingPlace, ...defaults } = readSettings(least);
    expect([stateStorage.by, evidenceStorage.by, defenderTenantId]).toEqual(['identity', 'identity', null]);
    expect(signingPlace.at).toBe('nowhere');
    expect(deployedSettings(main)).toMatchObject({
      ...defaults,
      mode: 'observe',
      defenderTenantId: expect.any(String),
      signingPlace: { at: 'vault', version: null },
      stateStorage: { by: 'identity', clientId: expect.any(String) },
      evidenceStorage: { by: 'identity', clientId: expect.any(String) },
    });
  });

  it('are the only ones, and hold no key', () => {
    const folder = new URL('infra/', root);
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.bicep'));
    const all = files.map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n');
    expect(files.length).toBeGreaterThan(1);
    expect(
      all
        .match(/.*\bappSettings\b.*|.*'appsettings'.*/g)
        ?.map((line) => line.trim())
        .sort(),
    ).toEqual([
      'appSettings: {',
      "name: 'appsettings'",
      'param appSettings object',
      'properties: union(appSettings, moreSettings)',
    ]);
    // The address of the blob trigger's webhook holds a key of the app's own host; there is no other way to subscribe it.
    expect(all.match(/\blist\w*Keys?\([^)]*\)[.\w]*/g)).toEqual([
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
      "listKeys('${site.id}/host/default', '2025-03-01').systemKeys.blobs_extension",
    ]);
    expect(all).not.toMatch(/AccountKey|SharedAccess/i);
  });

  it.each([
    ['MODE: mode', 'MODES: mode', 'MODES: nothing reads it'],
    ['POLL_SCHEDULE: pollSchedule', "POLL_SCHEDULE: 'often'", 'POLL_SCHEDULE: a schedule'],
    ["param mode string = 'observe'", "param mode string = 'Observe'", 'MODE: '],
    ['liveResponseSessions int = 20', 'liveResponseSessions int = 0', 'LIVE_RESPONSE_SESSIONS: '],
    ['StateStorage__tableServiceUri:', 'StateStorage__tablesUri:', 'StateStorage__tablesUri: nothing reads it'],
    ['StateStorage__tableServiceUri:', 'StateStorage__tablesUri:', 'StateStorage__tableServiceUri: not set'],
    ['EvidenceStorage__blobServiceUri:', 'EvidenceStorage__uri:', 'EvidenceStorage: not set'],
    [
      ' StateStorage__queueServiceUri:',
      ' StateStorage__queueUri:',
      'StateStorage__queueServiceUri: the platform misses',
    ],
    ['AZURE_CLIENT_ID:', 'AZURE_CLIENTID:', 'AZURE_CLIENT_ID: the platform misses it'],
  ])('with "%s" planted as "%s" are found wrong', (right, wrong, fault) => {
    expect(main).toContain(right);
    expect(findFaults(main.replace(right, wrong)).join('\n')).toContain(fault);
  });
});
