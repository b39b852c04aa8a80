import * as z from 'zod';
import type { AttemptName } from '../domain/machine-action.ts';
import {
  type AgedLease,
  blockStarts,
  confirmStart,
  decideStarts,
  findRoom,
  giveBackLease,
  noteAnswer,
  noteReach,
  type Room,
  type SeenReach,
  type StartDecision,
  type StartLimits,
  type StartQuota,
  type StartWish,
  takeBackStart,
  takeLease,
  UNUSED_STARTS,
} from '../domain/start-quota.ts';
import { restoreState } from './read-data.ts';
import { openSharedRow, type Restored, type SharedRowParts } from './shared-row.ts';

/** The quota of live responses as it stands. */
export interface StartReading {
  readonly quota: StartQuota;
  readonly room: Room;
  readonly at: string;
}

/** The keeper of the quota of live responses, shared by all instances; its clock is the table service's. */
export interface GovernorTable {
  findRoom(): Promise<Room>;
  grantStarts(wishes: readonly StartWish[]): Promise<readonly StartDecision[]>;
  confirmStart(wish: StartWish): Promise<StartDecision>;
  takeBack(name: AttemptName): Promise<void>;
  giveBack(name: AttemptName): Promise<void>;
  takeLease(name: AttemptName): Promise<void>;
  noteAnswer(name: AttemptName): Promise<void>;
  noteReach(seen: readonly SeenReach[]): Promise<void>;
  block(ms: number): Promise<void>;
  listLeases(): Promise<readonly AgedLease[]>;
  read(): Promise<StartReading>;
}

/** A governor whose quota is one row, changed by ETag. */
export function createGovernor(parts: SharedRowParts, limits: StartLimits): GovernorTable {
  const row = openSharedRow<StartQuota>(parts, { partition: 'quota', row: 'live response', restore: restoreQuota });
  const update = (change: (quota: StartQuota, now: string) => StartQuota): Promise<void> =>
    row.change((quota, now) => ({ answer: undefined, state: change(quota, now.toISOString()) }));
  const read = async (): Promise<StartReading> => {
    const { state, now } = await row.read();
    const at = now.toISOString();
    return { quota: state, room: findRoom(state, limits, at), at };
  };
  return {
    findRoom: async () => (await read()).room,
    grantStarts: (wishes) =>
      row.change((quota, now) => {
        const decided = decideStarts(quota, wishes, limits, now.toISOString());
        return { answer: decided.decisions, state: decided.quota };
      }),
    confirmStart: (wish) =>
      row.change((quota, now) => {
        const confirmed = confirmStart(quota, wish, limits, now.toISOString());
        return { answer: confirmed.decision, state: confirmed.quota };
      }),
    takeBack: (name) => update((quota) => takeBackStart(quota, name)),
    giveBack: (name) => update((quota) => giveBackLease(quota, name)),
    takeLease: (name) => update((quota, now) => takeLease(quota, name, now)),
    noteAnswer: (name) => update((quota, now) => noteAnswer(quota, name, now)),
    noteReach: (seen) => (seen.length === 0 ? Promise.resolve() : update((quota) => noteReach(quota, seen))),
    block: (ms) => update((quota, now) => blockStarts(quota, ms, now)),
    listLeases: async () => {
      const { quota, at } = await read();
      return quota.leases.map((lease) => ({ ...lease, ageMs: Date.parse(at) - Date.parse(lease.since) }));
    },
    read,
  };
}

const attempt = { collectionId: z.string(), session: z.number(), attempt: z.number() };
const reach = z.enum(['unknown', 'silent']).default('unknown');
const quotaSchema = z.object({
  starts: z.array(z.object({ ...attempt, at: z.iso.datetime(), phase: z.enum(['sent', 'answered']), reach })),
  leases: z.array(z.object({ ...attempt, since: z.iso.datetime(), reach })),
  blockedUntil: z.iso.datetime().nullable(),
});

/** What an unreadable row held is unknown: nothing is granted until whatever it may have granted has left the window. */
const AFTER_DAMAGE_MS = 120_000;

function restoreQuota(data: string | null, now: Date): Restored<StartQuota> {
  const damaged = blockStarts(UNUSED_STARTS, AFTER_DAMAGE_MS, now.toISOString());
  return restoreState(quotaSchema, data, { empty: UNUSED_STARTS, damaged });
}
