import type { TableClient } from '@azure/data-tables';
import type { AttemptName } from '../domain/machine-action.ts';
import {
  decideStart,
  giveBackLease,
  type Lease,
  noteAnswer,
  type StartLimits,
  type StartQuota,
  UNUSED_QUOTA,
} from '../domain/quota.ts';
import { readRow } from './read-row.ts';
import { SCHEMA_VERSION } from './row-codec.ts';
import { whyNotWritten } from './table-errors.ts';

const PARTITION = 'quota';
const ROW = 'runliveresponse';
const MAX_CONFLICTS = 30;

/** What the governor says to a request for a start. */
export type GrantAnswer =
  | { readonly grant: 'granted' }
  | { readonly grant: 'later'; readonly notBefore: string; readonly reason: string };

/** The keeper of the quota of live responses, shared by all instances. */
export interface GovernorTable {
  grantStart(name: AttemptName): Promise<GrantAnswer>;
  giveBack(name: AttemptName): Promise<void>;
  noteAnswer(name: AttemptName): Promise<void>;
  blockUntil(time: string): Promise<void>;
  listLeases(): Promise<readonly Lease[]>;
}

/** What the governor needs besides its table; `wait` is asked for a few ms after another instance was quicker. */
export interface GovernorOptions {
  readonly limits: StartLimits;
  readonly now: () => Date;
  readonly wait: (ms: number) => Promise<void>;
}

/** A governor whose quota is one row, changed by ETag. */
export function createGovernor(table: TableClient, options: GovernorOptions): GovernorTable {
  const change = <T>(decide: (quota: StartQuota) => { readonly answer: T; readonly quota: StartQuota | null }) =>
    changeQuota(table, options, decide);
  return {
    grantStart: (name) =>
      change((quota): { answer: GrantAnswer; quota: StartQuota | null } => {
        const decided = decideStart(quota, name, options.limits, options.now().toISOString());
        switch (decided.decision) {
          case 'granted':
            return { answer: { grant: 'granted' }, quota: decided.quota };
          case 'held already':
            return { answer: { grant: 'granted' }, quota: null };
          case 'later':
            return { answer: { grant: 'later', notBefore: decided.notBefore, reason: decided.reason }, quota: null };
          default: {
            const unknown: never = decided;
            throw new Error(`Unknown decision ${JSON.stringify(unknown)}.`);
          }
        }
      }),
    giveBack: (name) =>
      change((quota) => {
        const next = giveBackLease(quota, name);
        return { answer: undefined, quota: next === quota ? null : next };
      }),
    noteAnswer: (name) =>
      change((quota) => ({ answer: undefined, quota: noteAnswer(quota, name, options.now().toISOString()) })),
    blockUntil: (time) =>
      change((quota) => {
        const isLater = quota.blockedUntil === null || quota.blockedUntil < time;
        return { answer: undefined, quota: isLater ? { ...quota, blockedUntil: time } : null };
      }),
    listLeases: async () => (await readQuota(table)).quota.leases,
  };
}

async function readQuota(table: TableClient): Promise<{ readonly quota: StartQuota; readonly version: string | null }> {
  const row = await readRow(table, PARTITION, ROW);
  return row === null
    ? { quota: UNUSED_QUOTA, version: null }
    : { quota: JSON.parse(row.data) as StartQuota, version: row.version };
}

async function changeQuota<T>(
  table: TableClient,
  { wait }: GovernorOptions,
  decide: (quota: StartQuota) => { readonly answer: T; readonly quota: StartQuota | null },
): Promise<T> {
  for (let conflicts = 0; conflicts < MAX_CONFLICTS; conflicts += 1) {
    const { quota, version } = await readQuota(table);
    const { answer, quota: next } = decide(quota);
    if (next === null) return answer;
    const row = { partitionKey: PARTITION, rowKey: ROW, schema: SCHEMA_VERSION, data: JSON.stringify(next) };
    try {
      if (version === null) await table.createEntity(row);
      else await table.updateEntity(row, 'Replace', { etag: version });
      return answer;
    } catch (fault) {
      const why = whyNotWritten(fault);
      if (why !== 'changed' && why !== 'exists') throw fault;
      await wait(5 + 10 * conflicts);
    }
  }
  throw new Error('The quota row was changed by others too often; it is tried again at the next poll.');
}
