import * as z from 'zod';
import { restoreState } from './read-data.ts';
import { openSharedRow, type SharedRowParts } from './shared-row.ts';

/** Whose turn it is to list the running actions: of all instances one, and not more often than an interval. */
export interface ListingTurn {
  /** Takes the turn if `intervalMs` have passed since somebody took it last. */
  take(intervalMs: number): Promise<'ours' | 'not yet'>;
}

const schema = z.object({ listedAt: z.iso.datetime() });

const NEVER = { listedAt: '1970-01-01T00:00:00.000Z' };

/** The turn kept in a row, by the service's clock; a damaged row is as none. */
export function createListingTurn(parts: SharedRowParts): ListingTurn {
  const row = openSharedRow<z.infer<typeof schema>>(parts, {
    partition: 'poll',
    row: 'listing',
    restore: (data) => restoreState(schema, data, { empty: NEVER, damaged: NEVER }),
  });
  return {
    take: (intervalMs) =>
      row.change((state, now): { readonly answer: 'ours' | 'not yet'; readonly state: typeof state } => {
        const sinceMs = now.getTime() - Date.parse(state.listedAt);
        if (sinceMs < intervalMs) return { answer: 'not yet', state };
        return { answer: 'ours', state: { listedAt: now.toISOString() } };
      }),
  };
}
