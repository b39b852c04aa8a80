import type { Collection, CollectionStatus } from './collection.ts';
import { listHashes } from './hashes-held.ts';

/** Which collections are asked for; null where it does not matter. */
export interface CollectionQuery {
  readonly statuses: readonly CollectionStatus[] | null;
  readonly machineId: string | null;
  readonly alertId: string | null;
  readonly incidentId: string | null;
  /** SHA-256 of a file that the package holds. */
  readonly sha256: string | null;
}

/** Whether a collection is one of those that are asked for. */
export function isAskedFor(query: CollectionQuery, collection: Collection): boolean {
  const { statuses, machineId, alertId, incidentId, sha256 } = query;
  return (
    (statuses === null || statuses.includes(collection.status)) &&
    (machineId === null || collection.machineId === machineId) &&
    (alertId === null || collection.alertId === alertId) &&
    (incidentId === null || collection.incidentId === incidentId) &&
    (sha256 === null || listHashes(collection).includes(sha256))
  );
}
