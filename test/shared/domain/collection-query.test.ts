import { expect, it } from 'vitest';
import { type CollectionQuery, isAskedFor } from '../../../shared/domain/collection-query.ts';
import type { Collection } from '../../../shared/domain/collection.ts';
import { received } from '../state/received-sample.ts';

const ANY: CollectionQuery = { statuses: null, machineId: null, alertId: null, incidentId: null, sha256: null };
const collection: Collection = { ...received, alertId: 'da1_1', machineId: 'm'.repeat(40), incidentId: '7' };

it.each<readonly [Partial<CollectionQuery>, boolean]>([
  [{}, true],
  [{ statuses: ['failed', 'received'] }, true],
  [{ statuses: ['failed'] }, false],
  [{ machineId: 'm'.repeat(40) }, true],
  [{ machineId: 'n'.repeat(40) }, false],
  [{ alertId: 'da1_1' }, true],
  [{ alertId: 'da1_2' }, false],
  [{ incidentId: '7' }, true],
  [{ incidentId: '8' }, false],
  [{ sha256: '0'.repeat(64) }, false],
  [{ statuses: ['received'], machineId: 'm'.repeat(40), alertId: 'da1_1', incidentId: '7' }, true],
  [{ statuses: ['received'], machineId: 'm'.repeat(40), alertId: 'da1_1', incidentId: '8' }, false],
])('of an open collection, asked for by %j: %s', (query, isIt) => {
  expect(isAskedFor({ ...ANY, ...query }, collection)).toBe(isIt);
});
