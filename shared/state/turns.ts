import * as z from 'zod';
import { restoreState } from './read-data.ts';
import { openSharedRow, type SharedRowParts } from './shared-row.ts';

/** Whose turn it is to do something: of all instances one, and not more often than an interval. */
export interface Turn {
  /** Takes the turn if `intervalMs` have passed since somebody took it last. */
  take(intervalMs: number): Promise<'ours' | 'not yet'>;
}

const schema = z.object({ takenAt: z.iso.datetime() });
const NEVER = { takenAt: '1970-01-01T00:00:00.000Z' };

/** A turn kept in a row of its name, by the service's clock; a damaged row is as none. */
export function createTurn(parts: SharedRowParts, name: string): Turn {
  const row = openSharedRow<z.infer<typeof schema>>(parts, {
    partition: 'turn',
    row: name,
    restore: (data) => restoreState(schema, data, { empty: NEVER, damaged: NEVER }),
  });
  return {
    take: (intervalMs) =>
      row.change((state, now): { readonly answer: 'ours' | 'not yet'; readonly state: typeof state } => {
        const sinceMs = now.getTime() - Date.parse(state.takenAt);
        if (sinceMs < intervalMs) return { answer: 'not yet', state };
        return { answer: 'ours', state: { takenAt: now.toISOString() } };
      }),
  };
}
