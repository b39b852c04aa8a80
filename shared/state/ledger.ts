import { randomUUID } from 'node:crypto';
import type { TableClient } from '@azure/data-tables';
import { newestFirst } from './finding-rows.ts';
import { readRow } from './read-row.ts';
import { SCHEMA_VERSION } from './restore-collection.ts';

/** The small rows beside the collections: receipts of POSTs, what was refused, and the heartbeat. */
export interface Ledger {
  writeReceipt(operationId: string, collectionIds: readonly string[]): Promise<void>;
  readReceipt(operationId: string): Promise<readonly string[] | null>;
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
