import { odata, type TableClient } from '@azure/data-tables';
import * as z from 'zod';
import { COLLECTION_STATUSES, type Collection } from '../domain/collection.ts';
import { compareUrgency, describeOpen, type OpenEntry } from '../domain/open-entry.ts';
import { readData } from './read-data.ts';
import { deleteRow } from './read-row.ts';
import { SCHEMA_VERSION } from './restore-collection.ts';
import type { Row } from './row-codec.ts';

const PARTITION = 'open';
const SET_ASIDE = 'set-aside';
/** Rows that one answer of Table Storage may hold (Query Entities: `$top`). */
const LARGEST_PAGE = 1_000;

/** The index of open collections: a partition of its own, so that a poll reads no ended one and loads only what it must. */
export interface OpenIndex {
  /** Writes what the index says of a collection. */
  refreshOpen(collection: Collection): Promise<void>;
  /** Open collections, the most severe first, then the oldest; with `atMost` that many of them, whichever. */
  listOpen(atMost?: number): Promise<readonly OpenEntry[]>;
  close(collectionId: string): Promise<void>;
  /** Takes one that cannot be read out of the open ones and keeps its id where operators see it. */
  setAside(collectionId: string, code: string): Promise<void>;
  listSetAside(): Promise<readonly string[]>;
}

/** The index of open collections kept in a table. */
export function createOpenIndex(table: TableClient): OpenIndex {
  return {
    async refreshOpen(collection) {
      const entry = describeOpen(collection);
      await table.upsertEntity(
        { partitionKey: PARTITION, rowKey: entry.id, schema: SCHEMA_VERSION, data: JSON.stringify(entry) },
        'Replace',
      );
    },
    async listOpen(atMost = Number.POSITIVE_INFINITY) {
      const entries: OpenEntry[] = [];
      const rows = table.listEntities<Row>({ queryOptions: { filter: odata`PartitionKey eq ${PARTITION}` } });
      // A door wants a handful, and asks for each alert: it must not be sent a thousand rows for them.
      for await (const page of rows.byPage({ maxPageSize: Math.min(atMost, LARGEST_PAGE) })) {
        entries.push(...page.map(readEntry));
        if (entries.length >= atMost) break;
      }
      return entries.slice(0, atMost).sort(compareUrgency);
    },
    close: (collectionId) => deleteRow(table, PARTITION, collectionId),
    async setAside(collectionId, code) {
      const row = { partitionKey: SET_ASIDE, rowKey: collectionId, schema: SCHEMA_VERSION, data: code };
      await table.upsertEntity(row, 'Replace');
      await deleteRow(table, PARTITION, collectionId);
    },
    async listSetAside() {
      const ids: string[] = [];
      for await (const row of table.listEntities<Row>({
        queryOptions: { filter: odata`PartitionKey eq ${SET_ASIDE}` },
      }))
        ids.push(row.rowKey);
      return ids;
    },
  };
}

const time = z.string().catch('');

/** What is missing in a row, as in one of an older layout, reads as due at once: the collection's own row is looked at. */
const entrySchema = z.object({
  rank: z.number().catch(0),
  receivedAt: time,
  deadline: time,
  status: z.enum(COLLECTION_STATUSES).catch('received'),
  notBefore: time,
  machineId: z.string().nullable().catch(null),
  reach: z.enum(['unknown', 'silent']).catch('unknown'),
  action: z
    .object({
      id: z.string(),
      status: z.string(),
      startedAt: z.string(),
      commandsLeft: z.number(),
      cancelAskedAt: z.string().nullable(),
      attempt: z.object({ collectionId: z.string(), session: z.number(), attempt: z.number() }),
    })
    .nullable()
    .catch(null),
  reason: z.string().nullable().catch(null),
});

/** A row that cannot be read at all still names its collection, which must not be forgotten for it. */
function readEntry(row: Row): OpenEntry {
  return { id: row.rowKey, ...(readData(entrySchema, row.data) ?? entrySchema.parse({})) };
}
