import { odata, type TableClient } from '@azure/data-tables';
import { type Collection, stageOf } from '../domain/collection.ts';
import type { CollectionQuery } from '../domain/collection-query.ts';
import { listHashes } from '../domain/hashes-held.ts';
import { SCHEMA_VERSION } from './restore-collection.ts';
import type { Row } from './row-codec.ts';

/** A page of what rows name, and where the next page begins; null at the end. */
export interface Page {
  /** A collection, and when it was received as the row has it: of two claims at once one may have left a row of its own. */
  readonly candidates: readonly { readonly id: string; readonly receivedAt: string }[];
  readonly next: string | null;
}

const RECEIVED = 'received';
const AT_ONCE = 8;

/**
 * Rows by which collections are found. One a collection, the newest first: of an open one it says the alert alone, as the
 * rest may change, so it is looked at itself; when it has ended, the row says all. And one for each file that a package
 * holds, by its SHA-256.
 */
export interface FindingRows {
  noteReceived(collection: Pick<Collection, 'id' | 'receivedAt' | 'alertId'>): Promise<void>;
  noteEnded(collection: Collection): Promise<void>;
  /** Collections that may be what is asked for, the newest first, from a page's `next` on. */
  listCandidates(query: CollectionQuery, limit: number, from: string | null): Promise<Page>;
}

/** The rows kept in a table. */
export function createFindingRows(table: TableClient): FindingRows {
  const put = async (partitionKey: string, { id, receivedAt }: Named, more: object): Promise<void> => {
    const rowKey = `${newestFirst(receivedAt)}-${id}`;
    await table.upsertEntity({ partitionKey, rowKey, schema: SCHEMA_VERSION, data: id, ...more }, 'Replace');
  };
  return {
    noteReceived: (collection) => put(RECEIVED, collection, { stage: 'open', alertId: collection.alertId }),
    async noteEnded(collection) {
      const { alertId, machineId, incidentId, status } = collection;
      const found = {
        stage: stageOf(status),
        status,
        alertId,
        machineId: machineId ?? '',
        incidentId: incidentId ?? '',
      };
      const hashes = listHashes(collection);
      for (let index = 0; index < hashes.length; index += AT_ONCE) {
        const some = hashes.slice(index, index + AT_ONCE);
        await Promise.all(some.map((sha256) => put(partitionOf(sha256), collection, {})));
      }
      // Last, as an ended collection whose row says so is not looked at itself any more.
      await put(RECEIVED, collection, found);
    },
    async listCandidates(query, limit, from) {
      const candidates: { readonly id: string; readonly receivedAt: string }[] = [];
      let last: string | null = null;
      for await (const row of table.listEntities<Row>({ queryOptions: { filter: writeFilter(query, from) } })) {
        if (candidates.length === limit) return { candidates, next: last };
        candidates.push({ id: row.data, receivedAt: readTime(row.rowKey ?? '') });
        last = row.rowKey ?? null;
      }
      return { candidates, next: null };
    },
  };
}

type Named = Pick<Collection, 'id' | 'receivedAt'>;

function writeFilter(query: CollectionQuery, from: string | null): string {
  const { statuses, machineId, alertId, incidentId, sha256 } = query;
  const partition = sha256 === null ? RECEIVED : partitionOf(sha256);
  const page = odata`PartitionKey eq ${partition} and RowKey gt ${from ?? ''}`;
  if (sha256 !== null) return page;
  const parts = [page];
  if (alertId !== null) parts.push(odata`alertId eq ${alertId}`);
  const ended: string[] = [];
  if (machineId !== null) ended.push(odata`machineId eq ${machineId}`);
  if (incidentId !== null) ended.push(odata`incidentId eq ${incidentId}`);
  if (statuses !== null) ended.push(`(${statuses.map((status) => odata`status eq ${status}`).join(' or ')})`);
  if (ended.length > 0) parts.push(`(stage eq 'open' or (${ended.join(' and ')}))`);
  return parts.join(' and ');
}

function partitionOf(sha256: string): string {
  return `sha256-${sha256}`;
}

const LATEST_MS = 9_999_999_999_999;

/** A key that sorts the newest first. */
export function newestFirst(at: string): string {
  return String(LATEST_MS - Date.parse(at)).padStart(13, '0');
}

/** The time that such a key is of. */
function readTime(key: string): string {
  return new Date(LATEST_MS - Number(key.slice(0, 13))).toISOString();
}
