import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** Azure's built-in roles that are used, by id (Azure built-in roles), with the variable that names each. */
const ROLES: Readonly<Record<string, string>> = {
  'b7e6dc6d-f1e8-4753-8033-0f276bb0955b': 'storageBlobDataOwner',
  'ba92f5b4-2d11-453d-a403-e96b0029c9fe': 'storageBlobDataContributor',
  '974c5e8b-45b9-4653-ba55-5f855dd0fb88': 'storageQueueDataContributor',
  '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3': 'storageTableDataContributor',
  '3913510d-42f4-4e42-8a64-420c390055eb': 'monitoringMetricsPublisher',
  '3e150937-b8fe-4cfb-8069-0eaf05ecd056': 'sentinelResponder',
  '12338af0-0e69-4776-bea7-57ae8d297424': 'keyVaultCryptoUser',
};

const GUID = /(\w+)(?:: | = )'([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})'/g;

const folder = new URL('../../infra/', import.meta.url);
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.bicep'))
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }));

function findFaults(text: string): readonly string[] {
  return [...text.matchAll(GUID)].flatMap(([, name = '', id = '']) =>
    ROLES[id] === name ? [] : [`${name} = ${id} is no built-in role of that name.`],
  );
}

describe('the roles that are assigned', () => {
  it.each(files)('$file names built-in roles by their own ids', ({ text }) => {
    expect(findFaults(text)).toEqual([]);
  });

  it('are found wrong when one digit is', () => {
    const state = files.find(({ file }) => file.endsWith('state-storage.bicep'))?.text ?? '';
    expect(findFaults(state.replace('b7e6dc6d', 'b7e6dc6e'))).toEqual([
      'storageBlobDataOwner = b7e6dc6e-f1e8-4753-8033-0f276bb0955b is no built-in role of that name.',
    ]);
  });

  it.each(files)('$file assigns each to a service principal, at a resource and not at the group', ({ text }) => {
    const assignments = text.match(/'Microsoft\.Authorization\/roleAssignments@[\s\S]*?\n\}?\]?\n/g) ?? [];
    for (const assignment of assignments) {
      expect(assignment).toMatch(/scope: /);
      expect(assignment).toContain("principalType: 'ServicePrincipal'");
    }
  });
});
