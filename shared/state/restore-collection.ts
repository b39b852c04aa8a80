import * as z from 'zod';
import { COLLECTION_STATUSES, type Collection } from '../domain/collection.ts';
import type { Result } from '../domain/result.ts';
import { StateError } from './state-error.ts';

/** A row as it was read: the text, and the version of the layout it was written in. */
export interface StoredText {
  readonly data: string;
  readonly schema: number;
}

/** The version of the rows' layout that this code writes; it reads every older one. */
export const SCHEMA_VERSION = 4;

/** What every collection has had in every layout; its other fields are our own writing and trusted. */
const leastSchema = z.object({
  id: z.string(),
  alertId: z.string(),
  status: z.enum(COLLECTION_STATUSES),
  receivedAt: z.iso.datetime(),
  deadline: z.iso.datetime(),
  notBefore: z.iso.datetime(),
  tries: z.number(),
  custody: z.object({ count: z.number(), head: z.string() }),
});

/** The collection that a state row and its result rows hold. Throws StateError `unreadable-row`, or `newer-row` for one that a later version wrote. */
export function restoreCollection(state: StoredText, results: readonly StoredText[]): Collection {
  if (state.schema > SCHEMA_VERSION)
    throw new StateError(
      'newer-row',
      'A row was written by a later version of the collector; update this one, or wait until the update has reached every instance.',
    );
  const found = parse(state.data);
  const read = leastSchema.safeParse(found);
  if (!read.success) throw unreadable();
  const upgraded = UPGRADES.slice(Math.max(0, state.schema - 1)).reduce((row, upgrade) => upgrade(row), found);
  return { ...(upgraded as Collection), results: results.map(({ data }) => parse(data) as Result) };
}

type Upgrade = (row: unknown) => unknown;

/** From each layout to the next: the first from 1 to 2. */
const UPGRADES: readonly Upgrade[] = [addWhatTheDurablePipelineKeeps, addWhatWasAsked, addWhySealed];

function addWhatTheDurablePipelineKeeps(row: unknown): unknown {
  if (typeof row !== 'object' || row === null) return row;
  const added = { lostAttempts: [], retryOf: null, calledOff: null, silence: null, united: [], pretenders: [], ...row };
  if (!('status' in added) || added.status !== 'running') return added;
  const { cancelAskedAt, ...rest } = added as typeof added & { readonly cancelAskedAt?: string | null };
  const cancel = cancelAskedAt ? { why: 'deadline', askedAt: cancelAskedAt, until: null } : null;
  return { commandsLeft: 0, ...rest, cancel };
}

function addWhatWasAsked(row: unknown): unknown {
  return typeof row === 'object' && row !== null ? { asked: null, ...row } : row;
}

function addWhySealed(row: unknown): unknown {
  const isSealing = typeof row === 'object' && row !== null && 'status' in row && row.status === 'sealing';
  return isSealing ? { why: 'reason' in row ? row.reason : null, ...row } : row;
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    throw unreadable();
  }
}

function unreadable(): StateError {
  return new StateError(
    'unreadable-row',
    'The row of a collection cannot be read; it was set aside. Restore it from a backup of the table, or send its alert again under another collection.',
  );
}
