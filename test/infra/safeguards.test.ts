import { describe, expect, it } from 'vitest';
import { findResources, plant, type Templates, templates } from './read-templates.ts';

const STORAGE = 'Microsoft.Storage/storageAccounts';
const EVIDENCE = 'modules/evidence-storage.bicep';

/** What every account for storage has to say of itself. */
const OF_EACH_ACCOUNT = [
  'allowSharedKeyAccess: false',
  'allowBlobPublicAccess: false',
  'allowCrossTenantReplication: false',
  "minimumTlsVersion: 'TLS1_2'",
  'supportsHttpsTrafficOnly: true',
  'publicNetworkAccess: publicNetworkAccess',
];

/** What stands in a template, and what would be lost without it. */
const PROMISES: readonly (readonly [file: string, text: string, lost: string])[] = [
  [EVIDENCE, 'requireInfrastructureEncryption: true', 'evidence is encrypted once only'],
  [EVIDENCE, "category: 'StorageRead', enabled: true", 'nobody sees who read evidence'],
  [EVIDENCE, "category: 'StorageWrite', enabled: true", 'nobody sees who wrote evidence'],
  [EVIDENCE, "category: 'StorageDelete', enabled: true", 'nobody sees who deleted evidence'],
  [EVIDENCE, 'immutabilityPeriodSinceCreationInDays: immutabilityDays', 'evidence can be changed'],
  [EVIDENCE, 'for (containerName, index) in containerNames: if (!immutabilityIsLocked)', 'a container has no policy'],
  [EVIDENCE, 'allowProtectedAppendWrites: false', 'evidence can be appended to'],
  [EVIDENCE, 'tierToCool: { daysAfterModificationGreaterThan: coolAfterDays }', 'old evidence stays dear'],
  [EVIDENCE, 'tierToCold: { daysAfterModificationGreaterThan: coldAfterDays }', 'old evidence stays dear'],
  ['modules/signing-key.bicep', 'enablePurgeProtection: true', 'the key can be destroyed'],
  ['modules/signing-key.bicep', 'enableRbacAuthorization: true', 'access policies decide beside roles'],
  ['modules/signing-key.bicep', 'exportable: false', 'the key can leave the vault'],
  ['modules/signing-key.bicep', "category: 'AuditEvent', enabled: true", 'nobody sees who signed'],
  ['modules/monitoring.bicep', 'DisableLocalAuth: true', 'telemetry is taken by a key'],
  ['modules/alert-topic.bicep', 'disableLocalAuth: true', 'alerts are taken by a key'],
  ['modules/alert-topic.bicep', 'deadLetterWithResourceIdentity:', 'alerts that cannot be delivered are lost'],
  ['modules/state-storage.bicep', "name: 'dead-letters'", 'alerts that cannot be delivered are lost'],
  ['modules/function-app.bicep', 'requireAuthentication: true', 'callers need no token'],
  ['modules/function-app.bicep', "excludedPaths: ['/runtime/webhooks/*']", 'more than webhooks needs no token'],
  ['modules/function-app.bicep', 'httpsOnly: true', 'callers may send their token in clear'],
  ['modules/function-app.bicep', "for way in ['ftp', 'scm']", 'the package can be replaced by a password'],
  ['main.bicep', "param mode string = 'observe'", 'scripts are run from the first minute'],
];

/** Addresses of the public cloud, which another cloud does not have. */
const ONE_CLOUD = /[\w.-]*(?:windows\.net|azurewebsites\.net|microsoftonline\.com|vault\.azure\.net|azure\.com)/g;

function findFaults(all: Templates): readonly string[] {
  const accounts = Object.entries(all).flatMap(([file, text]) =>
    findResources(text, STORAGE)
      .filter((account) => !account.includes(' existing = '))
      .map((account) => ({ file, account })),
  );
  const role = findResources(all[EVIDENCE] ?? '', 'Microsoft.Authorization/roleDefinitions').join('\n');
  return [
    ...Object.entries(all).flatMap(([file, text]) =>
      (text.match(ONE_CLOUD) ?? []).map((address) => `${file}: ${address} is not in every cloud`),
    ),
    ...accounts.flatMap(({ file, account }) =>
      OF_EACH_ACCOUNT.filter((text) => !account.includes(text)).map((text) => `${file}: an account lacks ${text}`),
    ),
    ...PROMISES.filter(([file, text]) => !all[file]?.includes(text)).map(([file, , lost]) => `${file}: ${lost}`),
    ...(/delete|immutableStorage|\*/i.test(role.replace(/description: .*/, ''))
      ? [`${EVIDENCE}: the app's own role does more than read and add`]
      : []),
  ];
}

describe('what is deployed', () => {
  it('keeps every promise of the manual', () => {
    expect(findFaults(templates)).toEqual([]);
    const accounts = Object.values(templates).flatMap((text) => findResources(text, STORAGE));
    expect(accounts.filter((account) => !account.includes(' existing = '))).toHaveLength(2);
  });

  it.each(PROMISES)('in %s, "%s" missing is found wrong: %s', (file, text, lost) => {
    expect(findFaults(plant(file, text, 'planted'))).toContain(`${file}: ${lost}`);
  });

  it.each(OF_EACH_ACCOUNT)('an account without "%s" is found wrong', (text) => {
    for (const file of [EVIDENCE, 'modules/state-storage.bicep'])
      expect(findFaults(plant(file, text, 'planted: true'))).toContain(`${file}: an account lacks ${text}`);
  });

  it('that names an address of the public cloud alone is found wrong', () => {
    const planted = plant('modules/network.bicep', 'environment().suffixes.storage', "'core.windows.net'");
    expect(findFaults(planted)).toEqual(['modules/network.bicep: core.windows.net is not in every cloud']);
  });

  it.each(['containers/blobs/delete', 'containers/blobs/*'])('a role of the app with %s is found wrong', (more) => {
    const action = "'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/add/action'";
    const planted = plant(EVIDENCE, action, `'Microsoft.Storage/storageAccounts/blobServices/${more}'`);
    expect(findFaults(planted)).toEqual([`${EVIDENCE}: the app's own role does more than read and add`]);
  });
});
