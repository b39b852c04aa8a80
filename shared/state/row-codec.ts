import { type Collection, stageOf } from '../domain/collection.ts';
import type { Result } from '../domain/result.ts';
import { SCHEMA_VERSION } from './restore-collection.ts';
import { StateError } from './state-error.ts';

/** A string property of Table Storage ends at 32 K characters; a state row stays below it with room to spare. */
const MAX_STATE_CHARACTERS = 30_000;

/** A row as the table keeps it (a type, not an interface: the SDK's entities have an index signature). */
export type Row = {
  readonly partitionKey: string;
  readonly rowKey: string;
  readonly schema: number;
  readonly data: string;
};

/** The row key of a collection's state. */
export const STATE_KEY = 'state';

/** The row key of a result, in order of session and index. */
export function resultKey(result: Pick<Result, 'session' | 'index'>): string {
  return `result-${pad(result.session, 3)}-${pad(result.index, 3)}`;
}

/** The row key of a custody entry, in order of its number. */
export function historyKey(number: number): string {
  return `history-${pad(number, 6)}`;
}

/** The state row of a collection; its results have rows of their own. */
export function writeState(collection: Collection): Row & { readonly status: string; readonly stage: string } {
  const data = JSON.stringify({ ...collection, results: [] });
  if (data.length > MAX_STATE_CHARACTERS) {
    throw new StateError(
      'too-large',
      `Collection ${collection.id} has a state of ${data.length} characters, more than a row can keep (${MAX_STATE_CHARACTERS}).`,
    );
  }
  const { id, status } = collection;
  return { partitionKey: id, rowKey: STATE_KEY, schema: SCHEMA_VERSION, status, stage: stageOf(status), data };
}

/** The row of one result. */
export function writeResult(collectionId: string, result: Result): Row {
  return {
    partitionKey: collectionId,
    rowKey: resultKey(result),
    schema: SCHEMA_VERSION,
    data: JSON.stringify(result),
  };
}

function pad(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
