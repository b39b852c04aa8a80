import { describe, expect, it } from 'vitest';
import { plant, type Templates, templates } from './read-templates.ts';

interface Target {
  readonly id: string;
  readonly kind: string;
  readonly zone: number;
}

const ZONE_OF: Readonly<Record<string, string>> = {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
  blob: "'privatelink.blob.${storageSuffix}'",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
  queue: "'privatelink.queue.${storageSuffix}'",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
  table: "'privatelink.table.${storageSuffix}'",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
  vault: "'privatelink${replace(environment().suffixes.keyvaultDns, '.vault.', '.vaultcore.')}'",
};

const MODULES = ['modules/state-storage.bicep', 'modules/evidence-storage.bicep', 'modules/signing-key.bicep'];

/** What the app connects to, by its settings: an account and one of its services, or the vault. */
function listConnections(main: string): readonly string[] {
  const services = [...main.matchAll(/\w+__(blob|queue|table)ServiceUri: (\w+)\.outputs/g)];
  const found = services.map(([, kind, module]) => `${module}AccountId ${kind}`);
  return [
    ...new Set([...found, ...(main.includes('SIGNING_KEY_ID: signing.outputs') ? ['vaultId vault'] : [])]),
  ].sort();
}

function findFaults(all: Templates): readonly string[] {
  const main = all['main.bicep'] ?? '';
  const network = all['modules/network.bicep'] ?? '';
  const zones =
    /var zoneNames = \[\n([\s\S]*?)\n\]/
      .exec(network)?.[1]
      ?.split('\n')
      .map((line) => line.trim()) ?? [];
  const targets = [...network.matchAll(/\{ name: '[\w-]+', id: (\w+), kind: '(\w+)', zone: (\d) \}/g)].map(
    ([, id = '', kind = '', zone]): Target => ({ id, kind, zone: Number(zone) }),
  );
  const reached = targets.map(({ id, kind }) => `${id} ${kind}`);
  const given = MODULES.filter((file) => !all[file]?.includes('publicNetworkAccess: publicNetworkAccess\n'));
  const passed = [...main.matchAll(/^ {4}publicNetworkAccess: publicNetworkAccess$/gm)].length;
  return [
    ...listConnections(main)
      .filter((connection) => !reached.includes(connection))
      .map((connection) => `no endpoint for ${connection}`),
    ...targets
      .filter(({ kind, zone }) => zones[zone] !== ZONE_OF[kind])
      .map(({ id, kind }) => `the endpoint for ${id} ${kind} has its name in another zone`),
    ...given.map((file) => `${file} stays reachable`),
    ...(passed === MODULES.length ? [] : ['an account is not told that it has a network']),
    ...(network.includes("serviceName: 'Microsoft.App/environments'") ? [] : ['the subnet is not for this plan']),
    ...(network.includes('natGateway: { id: gateway.id }') ? [] : ['there is no way out to Defender']),
    ...(network.includes("resolutionPolicy: 'NxDomainRedirect'") ? [] : ['accounts of others are not found']),
    ...(main.includes("subnetId: privateNetwork ? network!.outputs.appSubnetId : ''") ? [] : ['the app is not in it']),
    ...(/^param privateNetwork bool = false$/m.test(main) ? [] : ['it is on by default']),
  ];
}

describe('the network of the app', () => {
  it('holds all that the app connects to, and is an option', () => {
    expect(listConnections(templates['main.bicep'] ?? '')).toEqual([
      'evidenceAccountId blob',
      'stateAccountId blob',
      'stateAccountId queue',
      'stateAccountId table',
      'vaultId vault',
    ]);
    expect(findFaults(templates)).toEqual([]);
  });

  it.each([
    [
      'modules/network.bicep',
      "kind: 'queue', zone: 1",
      "kind: 'file', zone: 1",
      'no endpoint for stateAccountId queue',
    ],
    ['modules/network.bicep', "kind: 'table', zone: 2", "kind: 'table', zone: 1", 'in another zone'],
    ['modules/network.bicep', 'privatelink.blob.', 'privatelink.blobs.', 'in another zone'],
    ['modules/network.bicep', 'Microsoft.App/environments', 'Microsoft.Web/serverFarms', 'not for this plan'],
    ['modules/network.bicep', 'natGateway:', 'gateway:', 'no way out'],
    ['modules/network.bicep', "'NxDomainRedirect'", "'Default'", 'accounts of others'],
    ['main.bicep', 'network!.outputs.appSubnetId', "''", 'the app is not in it'],
    ['main.bicep', 'privateNetwork bool = false', 'privateNetwork bool = true', 'on by default'],
    ['main.bicep', '    publicNetworkAccess: publicNetworkAccess\n', '', 'is not told'],
    ['modules/signing-key.bicep', 'publicNetworkAccess: publicNetworkAccess\n', '\n', 'stays reachable'],
  ])('with %s, "%s" planted as "%s" is found wrong', (file, right, wrong, fault) => {
    expect(findFaults(plant(file, right, wrong)).join('\n')).toContain(fault);
  });
});

describe('the budget', () => {
  it('is an option that tells somebody, and begins with a month', () => {
    const main = templates['main.bicep'] ?? '';
    expect(main).toMatch(/^param monthlyBudget int = 0$/m);
    expect(main).toContain("module budget 'modules/budget.bicep' = if (monthlyBudget > 0)");
    expect(main).toMatch(/^param budgetStartDate string = utcNow\('yyyy-MM-01'\)$/m);
    const budget = templates['modules/budget.bicep'] ?? '';
    expect(budget).toContain("var emails = email == '' ? [] : [email]\nvar roles = email == '' ? ['Owner'] : []\n");
    expect(budget.match(/contactEmails: emails\n +contactRoles: roles\n/g)).toHaveLength(2);
  });
});
