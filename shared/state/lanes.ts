import * as z from 'zod';
import { COLLECTION_ID } from '../domain/identity.ts';
import type { AttemptName } from '../domain/machine-action.ts';
import { EMPTY_LANE, type Lane, type LaneAnswer, leaveLane, replaceHost, takeLane } from '../domain/lane.ts';
import { restoreState } from './read-data.ts';
import { openSharedRow, type SharedRow, type SharedRowParts } from './shared-row.ts';

/** The turns on machines, one row a machine; times are ISO 8601 by the callers' clock. */
export interface LanesTable {
  take(machineId: string, name: AttemptName, now: string): Promise<LaneAnswer>;
  leave(machineId: string, holder: string): Promise<void>;
  yieldUntil(machineId: string, until: string): Promise<void>;
  readHost(machineId: string): Promise<string | null>;
  becomeHost(machineId: string, before: string | null, collectionId: string): Promise<string>;
}

/** Lanes kept in a table, changed by ETag. */
export function createLanes(parts: SharedRowParts): LanesTable {
  const rowOf = (machineId: string): SharedRow<Lane> =>
    openSharedRow<Lane>(parts, {
      partition: 'lane',
      row: machineId,
      restore: (data) => restoreState(laneSchema, data, { empty: EMPTY_LANE, damaged: readOlder(data) }),
    });
  const update = (machineId: string, change: (lane: Lane) => Lane): Promise<Lane> =>
    rowOf(machineId).change((lane) => {
      const next = change(lane);
      return { answer: next, state: next };
    });
  return {
    take: (machineId, name, now) =>
      rowOf(machineId).change((lane) => {
        const taken = takeLane(lane, name, now);
        return { answer: taken.answer, state: taken.lane };
      }),
    leave: async (machineId, holder) => {
      await update(machineId, (lane) => leaveLane(lane, holder));
    },
    yieldUntil: async (machineId, until) => {
      await update(machineId, (lane) => ({ ...lane, yieldedUntil: until }));
    },
    readHost: async (machineId) => (await rowOf(machineId).read()).state.host,
    becomeHost: async (machineId, before, collectionId) =>
      (await update(machineId, (lane) => replaceHost(lane, before, collectionId))).host ?? collectionId,
  };
}

/** In the first layout a lane was its holder's id alone. */
function readOlder(data: string | null): Lane {
  return data !== null && COLLECTION_ID.test(data) ? { ...EMPTY_LANE, holder: data } : EMPTY_LANE;
}

const laneSchema = z.object({
  holder: z.string().nullable(),
  host: z.string().nullable(),
  yieldedUntil: z.string().nullable(),
});
