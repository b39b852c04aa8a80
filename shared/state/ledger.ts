import { randomUUID } from 'node:crypto';
import { odata, type TableClient } from '@azure/data-tables';
import { readRow } from './read-row.ts';
import { SCHEMA_VERSION } from './restore-collection.ts';
import type { Row } from './row-codec.ts';

/** A page of ids, and where the next page begins; null at the end. */
export interface Page {
  readonly ids: readonly string[];
  readonly next: string | null;
}

/** The small rows beside the collections: receipts of POSTs, the list of all collections by time, and the heartbeat. */
export interface Ledger {
  writeReceipt(operationId: string, collectionIds: readonly string[]): Promise<void>;
  readReceipt(operationId: string): Promise<readonly string[] | null>;
  noteReceived(collectionId: string, receivedAt: string): Promise<void>;
  /** Ids of collections, the newest first, from a page's `next` on. */
  listReceived(limit: number, from: string | null): Promise<Page>;
  /** Notes that a door was given something it could not use: when, by which door, and why; nothing of its content. */
  noteRefused(at: Date, door: string, code: string): Promise<void>;
  beat(at: string, counts: object): Promise<void>;
  lastBeat(): Promise<string | null>;
}

/** The small rows kept in a table. */
export function createLedger(table: TableClient): Ledger {
  const put = (partitionKey: string, rowKey: string, data: string) =>
    table.upsertEntity({ partitionKey, rowKey, schema: SCHEMA_VERSION, data }, 'Replace').then(() => undefined);
  return {
    writeReceipt: (operationId, collectionIds) => put('operation', operationId, JSON.stringify(collectionIds)),
    async readReceipt(operationId) {
      const row = await readRow(table, 'operation', operationId);
      return row === null ? null : (JSON.parse(row.data) as string[]);
    },
    noteReceived: (collectionId, receivedAt) =>
      put('received', `${newestFirst(receivedAt)}-${collectionId}`, collectionId),
    async listReceived(limit, from) {
      const ids: string[] = [];
      const filter = odata`PartitionKey eq 'received' and RowKey gt ${from ?? ''}`;
      let last: string | null = null;
      for await (const row of table.listEntities<Row>({ queryOptions: { filter } })) {
        if (ids.length === limit) return { ids, next: last };
        ids.push(row.data);
        last = row.rowKey ?? null;
      }
      return { ids, next: null };
    },
    noteRefused: (at, door, code) =>
      put(
        'refused',
        `${newestFirst(at.toISOString())}-${randomUUID()}`,
        JSON.stringify({ at: at.toISOString(), door, code }),
      ),
    beat: (at, counts) => put('heartbeat', 'poll', JSON.stringify({ at, counts })),
    async lastBeat() {
      const row = await readRow(table, 'heartbeat', 'poll');
      return row === null ? null : (JSON.parse(row.data) as { at: string }).at;
    },
  };
}

/** A key that sorts the newest first. */
function newestFirst(receivedAt: string): string {
  return String(9_999_999_999_999 - Date.parse(receivedAt)).padStart(13, '0');
}
