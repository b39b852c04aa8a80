import * as z from 'zod';
import { restoreState } from './read-data.ts';
import { openSharedRow, type SharedRow, type SharedRowParts } from './shared-row.ts';

/** Whether something still fits into a caller's day; `afterSeconds` is how long that day goes on, in UTC. */
export type DailyCount = { readonly count: 'within' } | { readonly count: 'over'; readonly afterSeconds: number };

/** How many alerts each caller sent today, by the service's clock; shared by all instances. */
export interface DailyCounts {
  /** Counts so many alerts if they still fit under the limit, else none of them. */
  add(callerId: string, alerts: number, limit: number): Promise<DailyCount>;
}

const daySchema = z.object({ day: z.string(), count: z.number() });
type Day = z.infer<typeof daySchema>;
const STATES = { empty: { day: '', count: 0 }, damaged: { day: '', count: 0 } };
const DAY_MS = 24 * 3_600_000;

/** The counts kept in a table: one row a caller, which begins anew each day. */
export function createDailyCounts(parts: SharedRowParts): DailyCounts {
  const rows = new Map<string, SharedRow<Day>>();
  const openRow = (callerId: string) => {
    const row =
      rows.get(callerId) ??
      openSharedRow<Day>(parts, {
        partition: 'submitted',
        row: callerId,
        restore: (data) => restoreState(daySchema, data, STATES),
      });
    rows.set(callerId, row);
    return row;
  };
  return {
    add: (callerId, alerts, limit) =>
      openRow(callerId).change((state, now) => {
        const day = now.toISOString().slice(0, 10);
        const before = state.day === day ? state.count : 0;
        if (before + alerts <= limit) return { answer: { count: 'within' }, state: { day, count: before + alerts } };
        const afterSeconds = Math.ceil((DAY_MS - (now.getTime() % DAY_MS)) / 1_000);
        return { answer: { count: 'over', afterSeconds } as DailyCount, state };
      }),
  };
}
