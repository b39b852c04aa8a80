import * as z from 'zod';
import {
  blockCalls,
  type CallLimits,
  type CallQuota,
  type CallRoom,
  findCallRoom,
  grantCalls,
  UNUSED_CALLS,
} from '../domain/call-quota.ts';
import { restoreState } from './read-data.ts';
import { openSharedRow, type Restored, type SharedRow, type SharedRowParts } from './shared-row.ts';

/** Whether one call may be made now, or after how long to ask again. */
export type CallGrant = { readonly grant: 'granted' } | { readonly grant: 'later'; readonly afterMs: number };

/** How one quota stands. */
export interface CallReading {
  readonly room: CallRoom;
  readonly blockedUntil: string | null;
}

/** The keeper of the quotas of all APIs but live response, shared by all instances; one row a quota. */
export interface CallQuotasTable {
  grantCall(quota: string): Promise<CallGrant>;
  block(quota: string, ms: number): Promise<void>;
  read(quota: string): Promise<CallReading>;
}

/** Quotas kept in a table; the calls that one instance asks for at once are granted by one write. */
export function createCallQuotas(parts: SharedRowParts, limits: CallLimits): CallQuotasTable {
  const rows = new Map<string, SharedRow<CallQuota>>();
  const rowOf = (quota: string): SharedRow<CallQuota> => {
    const row =
      rows.get(quota) ?? openSharedRow<CallQuota>(parts, { partition: 'quota', row: quota, restore: restoreQuota });
    rows.set(quota, row);
    return row;
  };
  return {
    grantCall: (quota) =>
      rowOf(quota).change((state, now): { readonly answer: CallGrant; readonly state: CallQuota } => {
        const { granted, afterMs, quota: next } = grantCalls(state, 1, limits, now.toISOString());
        return { answer: granted === 1 ? { grant: 'granted' } : { grant: 'later', afterMs }, state: next };
      }),
    block: (quota, ms) =>
      rowOf(quota).change((state, now) => ({ answer: undefined, state: blockCalls(state, ms, now.toISOString()) })),
    read: async (quota) => {
      const { state, now } = await rowOf(quota).read();
      const at = now.toISOString();
      const blockedUntil = state.blockedUntil !== null && state.blockedUntil > at ? state.blockedUntil : null;
      return { room: findCallRoom(state, limits, at), blockedUntil };
    },
  };
}

const quotaSchema = z.object({
  granted: z.array(z.object({ at: z.number(), seconds: z.number(), calls: z.number() })),
  blockedUntil: z.iso.datetime().nullable(),
});

/** A damaged row is begun anew: at worst Defender answers 429, which is obeyed. */
function restoreQuota(data: string | null): Restored<CallQuota> {
  return restoreState(quotaSchema, data, { empty: UNUSED_CALLS, damaged: UNUSED_CALLS });
}
