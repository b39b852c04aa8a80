import { createHash } from 'node:crypto';
import type { Target } from '../../bench/chaos/make-scenario.ts';
import type { Acknowledged } from '../../bench/chaos/post-alerts.ts';
import { readCollections, type StoredCollection } from '../../bench/chaos/read-collections.ts';
import type { TableRow } from '../../bench/chaos/read-storage.ts';
import { chainFacts, NO_CUSTODY } from '../../shared/domain/custody.ts';

export const ID = 'a'.repeat(32);
export const OTHER = 'b'.repeat(32);
const ALERT = 'da637472900382838869_1';
export const MACHINE = '1e5bc9d7e413ddd7902c2932e418702b84d0cc07';
export const COMMENT = `Evidence Collector ${ID}/0/1`;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

type Event = readonly [event: string, detail?: Readonly<Record<string, string | number | null>>];

/** What a collection that went well has in its custody log. */
export const WENT_WELL: readonly Event[] = [
  ['received'],
  ['planned'],
  ['starting', { comment: COMMENT }],
  ['started', { action: 'action-1', status: 'Pending' }],
  ['action ended'],
  ['result stored'],
  ['sealing'],
  ['ended'],
];

/** The rows of a collection whose custody log is one chain. */
export function rowsOf(changes: Readonly<Record<string, unknown>> = {}, events = WENT_WELL): readonly TableRow[] {
  const facts = events.map(([event, detail = {}]) => ({ event, actor: 'collector', detail }));
  const { lines, head } = chainFacts(NO_CUSTODY, facts, '2026-10-01T10:00:00.000Z', sha256);
  const state = {
    ...{ id: ID, alertId: ALERT, machineId: MACHINE, status: 'collected', reason: null, custody: head },
    ...{ endedAt: '2026-10-01T10:00:00.000Z', sealed: { custodyNumber: 7 } },
    ...changes,
  };
  const history = lines.map(({ number, line }) => ({
    partition: state.id,
    row: `history-${String(number).padStart(6, '0')}`,
    data: line,
  }));
  return [{ partition: state.id, row: 'state', data: JSON.stringify(state) }, ...history];
}

/** The collection of those rows. */
export function collectionOf(changes: Readonly<Record<string, unknown>> = {}, events = WENT_WELL): StoredCollection {
  const [collection] = readCollections(rowsOf(changes, events));
  if (collection === undefined) throw new Error('The rows hold no collection.');
  return collection;
}

/** A posting of the alert that was acknowledged as that collection. */
export function acknowledge(collectionId: string): Acknowledged {
  const target: Target = { alertId: ALERT, machineId: MACHINE, archive: { bytes: 1, seed: 'x' } };
  return { posting: { target, form: 'alert alone', afterMs: 0 }, collectionId, receiptPath: '/api/operations/1' };
}
