import * as z from 'zod';
import { COLLECTION_STATUSES } from '../../shared/domain/collection.ts';
import type { TableRow } from './read-storage.ts';

const stateSchema = z.object({
  id: z.string(),
  alertId: z.string(),
  machineId: z.string().nullable(),
  status: z.enum(COLLECTION_STATUSES),
  reason: z.string().nullable(),
  custody: z.object({ count: z.number(), head: z.string() }),
  endedAt: z.string().nullable().default(null),
  mergedInto: z.string().nullable().default(null),
  sealed: z.object({ custodyNumber: z.number() }).nullable().default(null),
});

const entrySchema = z.object({
  number: z.number(),
  event: z.string(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
});

/** A custody entry, as far as it is looked at. */
export type CustodyRow = z.infer<typeof entrySchema>;

/** A collection as it lies in the table, with its custody log: the lines as they are, and what they say. */
export interface StoredCollection extends z.infer<typeof stateSchema> {
  readonly lines: readonly string[];
  readonly entries: readonly CustodyRow[];
}

/** The collections among the rows of the table; throws when one cannot be read. */
export function readCollections(rows: readonly TableRow[]): readonly StoredCollection[] {
  const lines = new Map<string, TableRow[]>();
  for (const row of rows) {
    if (!row.row.startsWith('history-')) continue;
    const own = lines.get(row.partition) ?? [];
    own.push(row);
    lines.set(row.partition, own);
  }
  return rows
    .filter(({ row }) => row === 'state')
    .map(({ partition, data }): StoredCollection => {
      const own = (lines.get(partition) ?? []).sort((a, b) => (a.row < b.row ? -1 : 1)).map((row) => row.data);
      const entries = own.map((line) => entrySchema.parse(JSON.parse(line)));
      return { ...stateSchema.parse(JSON.parse(data)), lines: own, entries };
    });
}

const quotaSchema = z.object({ leases: z.array(z.object({ collectionId: z.string(), since: z.string() })) });

/** The leases in the row of the quota of live responses. */
export function readLeases(rows: readonly TableRow[]): z.infer<typeof quotaSchema>['leases'] {
  const quota = rows.find(({ partition, row }) => partition === 'quota' && row === 'live response');
  return quota === undefined ? [] : quotaSchema.parse(JSON.parse(quota.data)).leases;
}

/** The row keys of a partition. */
export function listKeys(rows: readonly TableRow[], partition: string): readonly string[] {
  return rows.filter((row) => row.partition === partition).map(({ row }) => row);
}
