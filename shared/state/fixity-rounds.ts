import { odata } from '@azure/data-tables';
import * as z from 'zod';
import { type FixityRound, NO_ROUND, takeRun } from '../domain/fixity-round.ts';
import { restoreState } from './read-data.ts';
import type { Row } from './row-codec.ts';
import { openSharedRow, type SharedRowParts } from './shared-row.ts';

/** How far the packages have been checked, for all instances, and the collections in the order in which they are. */
export interface FixityRounds {
  /** Takes the next run of a round, null while others are at it or the next round is not due. */
  takeRun(intervalMs: number): Promise<FixityRound | null>;
  saveRound(round: FixityRound): Promise<void>;
  /** The collections after a place, the newest first, some at a time; none at the end. */
  listAfter(key: string | null): Promise<readonly { readonly key: string; readonly id: string }[]>;
}

const count = z.int().nonnegative();
const schema = z.object({
  beganAt: z.iso.datetime().nullable(),
  stage: z.enum(['under way', 'done']),
  after: z.string().nullable(),
  begun: z.object({ through: z.string().nullable(), files: count, bytes: count, tries: count }).nullable(),
  busyUntil: z.iso.datetime(),
});
const PAGE_ROWS = 50;

/** The round kept in a row, by the service's clock; with a damaged row a new round begins. */
export function createFixityRounds(parts: SharedRowParts): FixityRounds {
  const row = openSharedRow<FixityRound>(parts, {
    partition: 'fixity',
    row: 'round',
    restore: (data) => restoreState<FixityRound>(schema, data, { empty: NO_ROUND, damaged: NO_ROUND }),
  });
  return {
    takeRun: (intervalMs) =>
      row.change((state, now): { readonly answer: FixityRound | null; readonly state: FixityRound } => {
        const { run, round } = takeRun(state, now, intervalMs);
        return { answer: run === 'ours' ? round : null, state: round };
      }),
    saveRound: (round) => row.change(() => ({ answer: undefined, state: round })),
    async listAfter(key) {
      const filter = odata`PartitionKey eq 'received' and RowKey gt ${key ?? ''}`;
      const found: { readonly key: string; readonly id: string }[] = [];
      for await (const { rowKey, data } of parts.table.listEntities<Row>({ queryOptions: { filter } })) {
        if (rowKey !== undefined) found.push({ key: rowKey, id: data });
        if (found.length === PAGE_ROWS) break;
      }
      return found;
    },
  };
}
