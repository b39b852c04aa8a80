import type { TableClient } from '@azure/data-tables';
import { readRow } from './read-row.ts';
import { SCHEMA_VERSION } from './row-codec.ts';
import { whyNotWritten } from './table-errors.ts';

const PARTITION = 'lane';

/** A machine's turn, held by one collection at a time. */
export interface LanesTable {
  /** Takes the lane for a holder; answers who holds it now. */
  take(machineId: string, collectionId: string): Promise<string>;
  /** Leaves the lane if it is that holder's. */
  leave(machineId: string, collectionId: string): Promise<void>;
}

/** Lanes kept in a table: one row a machine, taken by a create-only insert. */
export function createLanes(table: TableClient): LanesTable {
  return {
    async take(machineId, collectionId) {
      for (;;) {
        try {
          await table.createEntity({
            partitionKey: PARTITION,
            rowKey: machineId,
            schema: SCHEMA_VERSION,
            data: collectionId,
          });
          return collectionId;
        } catch (fault) {
          if (whyNotWritten(fault) !== 'exists') throw fault;
        }
        const held = await readRow(table, PARTITION, machineId);
        if (held !== null) return held.data;
      }
    },
    async leave(machineId, collectionId) {
      const held = await readRow(table, PARTITION, machineId);
      if (held?.data !== collectionId) return;
      try {
        await table.deleteEntity(PARTITION, machineId, { etag: held.version });
      } catch (fault) {
        const why = whyNotWritten(fault);
        if (why !== 'absent' && why !== 'changed') throw fault;
      }
    },
  };
}
