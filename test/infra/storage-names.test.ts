import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { connectStorage } from '../../shared/connect-storage.ts';

const development = { by: 'connection string', connectionString: 'UseDevelopmentStorage=true' } as const;

const read = (module: string) => readFileSync(new URL(`../../infra/modules/${module}`, import.meta.url), 'utf8');

it('the table and the containers that the collector opens are deployed, each in its account', async () => {
  const { table, tickets, evidence, custody } = await connectStorage(development, development);
  expect(read('state-storage.bicep')).toContain(`name: '${table.tableName}'`);
  expect(read('state-storage.bicep')).toContain(`name: '${tickets.containerName}'`);
  expect(read('evidence-storage.bicep')).toContain(
    `var containerNames = ['${evidence.containerName}', '${custody.containerName}']`,
  );
});
