import type { TableClient } from '@azure/data-tables';
import { SCHEMA_VERSION } from './restore-collection.ts';
import type { Row } from './row-codec.ts';
import { whyNotWritten } from './table-errors.ts';

/** A row that all instances change together; changes are pure, as one may be tried again on what others have written. */
export interface SharedRow<S> {
  /** Applies a change to the row's state at the service's time, and answers what the change found. */
  change<A>(decide: (state: S, now: Date) => { readonly answer: A; readonly state: S }): Promise<A>;
  /** The state, and the service's time of reading it. */
  read(): Promise<{ readonly state: S; readonly now: Date }>;
}

/** What a shared row needs: `readTime` gives the time from the service's `Date` header, `random` is in [0, 1). */
export interface SharedRowParts {
  readonly table: TableClient;
  readonly wait: (ms: number) => Promise<void>;
  readonly random: () => number;
  readonly readTime: (dateHeader: string | null) => Date;
}

/** What was read of a row: a damaged one is written anew, with the state that stands for what it may have held. */
export interface Restored<S> {
  readonly state: S;
  readonly stored: 'sound' | 'damaged';
}

/** Where a shared row is; `restore` reads its state from what is stored, from null when nothing is. */
export interface SharedRowKey<S> {
  readonly partition: string;
  readonly row: string;
  readonly restore: (data: string | null, now: Date) => Restored<S>;
}

const MOST_CONFLICTS = 40;
const FIRST_BACKOFF_MS = 10;
const LONGEST_BACKOFF_MS = 500;

interface Change<S> {
  readonly apply: (state: S, now: Date) => S;
  readonly settle: () => void;
  readonly fail: (fault: unknown) => void;
}

/**
 * A row changed by ETag. Changes that are asked for while one is being written go into the next write together, so that
 * one write serves them all; an instance that lost to another waits with full jitter before it reads again.
 */
export function openSharedRow<S>(parts: SharedRowParts, key: SharedRowKey<S>): SharedRow<S> {
  let waiting: Change<S>[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    // What is asked for in the same turn of the event loop goes into this write.
    await Promise.resolve();
    while (waiting.length > 0) {
      const changes = waiting;
      waiting = [];
      try {
        await writeTogether(parts, key, changes);
        for (const change of changes) change.settle();
      } catch (fault) {
        for (const change of changes) change.fail(fault);
      }
    }
    isWriting = false;
  }

  return {
    change: <A>(decide: (state: S, now: Date) => { readonly answer: A; readonly state: S }) =>
      new Promise<A>((resolve, reject) => {
        let found: { readonly answer: A } | null = null;
        waiting.push({
          apply: (state, now) => {
            const decided = decide(state, now);
            found = decided;
            return decided.state;
          },
          settle: () => (found === null ? reject(new Error('A change was not applied.')) : resolve(found.answer)),
          fail: reject,
        });
        void writeAll();
      }),
    read: async () => {
      const { state, now, stored } = await readState(parts, key);
      if (stored === 'damaged') await writeTogether(parts, key, []);
      return { state, now };
    },
  };
}

async function writeTogether<S>(
  parts: SharedRowParts,
  key: SharedRowKey<S>,
  changes: readonly Change<S>[],
): Promise<void> {
  for (let conflicts = 0; conflicts < MOST_CONFLICTS; conflicts += 1) {
    const { state, now, version, stored } = await readState(parts, key);
    const next = changes.reduce((current, change) => change.apply(current, now), state);
    if (next === state && stored === 'sound') return;
    const row = { partitionKey: key.partition, rowKey: key.row, schema: SCHEMA_VERSION, data: JSON.stringify(next) };
    try {
      if (version === null) await parts.table.createEntity(row);
      else await parts.table.updateEntity(row, 'Replace', { etag: version });
      return;
    } catch (fault) {
      const why = whyNotWritten(fault);
      if (why !== 'changed' && why !== 'exists') throw fault;
    }
    const ceiling = Math.min(FIRST_BACKOFF_MS * 2 ** conflicts, LONGEST_BACKOFF_MS);
    await parts.wait(Math.ceil(parts.random() * ceiling));
  }
  throw new Error(
    `The row ${key.partition}/${key.row} was changed by others too often; it is tried again at the next poll.`,
  );
}

async function readState<S>(
  { table, readTime }: SharedRowParts,
  { partition, row, restore }: SharedRowKey<S>,
): Promise<Restored<S> & { readonly now: Date; readonly version: string | null }> {
  let date: string | null = null;
  const onResponse = (response: { readonly headers: { get(name: string): string | undefined } }) => {
    date = response.headers.get('date') ?? null;
  };
  try {
    const found = await table.getEntity<Row>(partition, row, { onResponse });
    const now = readTime(date);
    return { ...restore(found.data, now), now, version: found.etag };
  } catch (fault) {
    if (whyNotWritten(fault) !== 'absent') throw fault;
    const now = readTime(date);
    return { ...restore(null, now), now, version: null };
  }
}

/** The time in a service's `Date` header (whole seconds); throws when there is none, as no other clock is shared. */
export function readServiceTime(dateHeader: string | null): Date {
  const at = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  if (Number.isNaN(at)) {
    throw new Error(
      'The table service gave no Date in its answer, and the quotas go by its clock; check what lies between the app and the storage account.',
    );
  }
  return new Date(at);
}
