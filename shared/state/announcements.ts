import type { TableClient } from '@azure/data-tables';
import * as z from 'zod';
import { readData } from './read-data.ts';
import { readRow } from './read-row.ts';
import { SCHEMA_VERSION } from './restore-collection.ts';
import { whyNotWritten } from './table-errors.ts';

/** How far something that is told once has come: whoever begins it says so before, whoever ends it after. */
export type Telling =
  | { readonly telling: 'not begun' | 'told' }
  | { readonly telling: 'begun'; readonly at: string; readonly version: string };

/** What was told of collections, by the name of each announcement. */
export interface AnnouncementsTable {
  read(name: string): Promise<Telling>;
  /** Begins it, or begins it again after the telling that was read; `others` were quicker. */
  begin(name: string, before: Telling, at: string): Promise<'ours' | 'others'>;
  noteTold(name: string, at: string): Promise<void>;
}

const PARTITION = 'announced';
const rowSchema = z.object({ state: z.enum(['begun', 'told']), at: z.string() });
/** What was told stays told, so it is not asked for again; so many names are kept in memory. */
const REMEMBERED = 5_000;

/** What was told, kept in a table. */
export function createAnnouncements(table: TableClient): AnnouncementsTable {
  const told = new Set<string>();
  const remember = (name: string) => {
    if (told.size >= REMEMBERED) told.clear();
    told.add(name);
  };
  const write = (name: string, state: 'begun' | 'told', at: string) => ({
    partitionKey: PARTITION,
    rowKey: name,
    schema: SCHEMA_VERSION,
    data: JSON.stringify({ state, at }),
  });
  return {
    async read(name) {
      if (told.has(name)) return { telling: 'told' };
      const row = await readRow(table, PARTITION, name);
      if (row === null) return { telling: 'not begun' };
      // A damaged row reads as begun long ago: what it stands for is looked for before it is done again.
      const { state, at } = readData(rowSchema, row.data) ?? { state: 'begun', at: '' };
      if (state === 'begun') return { telling: 'begun', at, version: row.version };
      remember(name);
      return { telling: 'told' };
    },
    async begin(name, before, at) {
      try {
        if (before.telling === 'begun')
          await table.updateEntity(write(name, 'begun', at), 'Replace', { etag: before.version });
        else await table.createEntity(write(name, 'begun', at));
        return 'ours';
      } catch (fault) {
        if (whyNotWritten(fault) === null) throw fault;
        return 'others';
      }
    },
    async noteTold(name, at) {
      await table.upsertEntity(write(name, 'told', at), 'Replace');
      remember(name);
    },
  };
}
