import type { TableClient } from '@azure/data-tables';
import * as z from 'zod';
import { readData } from './read-data.ts';
import { deleteRow, readRow } from './read-row.ts';
import { SCHEMA_VERSION } from './restore-collection.ts';

const PARTITION = 'control';

/** A stop of everything that would be started: since when, by whom, and why. */
export interface PauseRow {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** What holds for all instances: the pause, and the name by which Defender knows us. */
export interface ControlTable {
  readPause(): Promise<PauseRow | null>;
  pause(pause: PauseRow): Promise<void>;
  resume(): Promise<void>;
  readRequestor(): Promise<string | null>;
  noteRequestor(requestor: string): Promise<void>;
}

/** The control rows kept in a table. A pause whose row cannot be read is a pause all the same. */
export function createControl(table: TableClient): ControlTable {
  const put = async (rowKey: string, data: string): Promise<void> => {
    await table.upsertEntity({ partitionKey: PARTITION, rowKey, schema: SCHEMA_VERSION, data }, 'Replace');
  };
  return {
    async readPause() {
      const row = await readRow(table, PARTITION, 'pause');
      if (row === null) return null;
      return (
        readData(pauseSchema, row.data) ?? { at: '', by: 'unknown', reason: 'The row of the pause cannot be read.' }
      );
    },
    pause: (pause) => put('pause', JSON.stringify(pause)),
    resume: () => deleteRow(table, PARTITION, 'pause'),
    async readRequestor() {
      return (await readRow(table, PARTITION, 'requestor'))?.data ?? null;
    },
    noteRequestor: (requestor) => put('requestor', requestor),
  };
}

const pauseSchema = z.object({ at: z.string(), by: z.string(), reason: z.string() });
