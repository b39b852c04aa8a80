import type { Sha256 } from './custody.ts';

/** What a collection's id looks like: 32 hex digits, `-r<n>` behind it for a retry. */
export const COLLECTION_ID = /^[0-9a-f]{32}(?:-r\d{1,3})?$/;

/** The id of a collection: the first 32 hex digits of the SHA-256 of alert id and machine id, `-` while no machine is known. */
export function identifyCollection(alertId: string, machineId: string | null, sha256: Sha256): string {
  return sha256(`${alertId}\n${machineId ?? '-'}`).slice(0, 32);
}

/** The id of a POST's receipt: the same collections always have the same receipt. */
export function identifyOperation(collectionIds: readonly string[], sha256: Sha256): string {
  return sha256([...collectionIds].sort().join('\n')).slice(0, 32);
}
