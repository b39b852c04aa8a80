import { RestError } from '@azure/data-tables';

/** A row as a table holds it: its properties without keys and ETag. */
export type Properties = Readonly<Record<string, unknown>>;

/** What happened to one row; null stands for no row. */
export interface RowChange {
  readonly partition: string;
  readonly row: string;
  readonly before: Properties | null;
  readonly after: Properties | null;
}

interface StoredRow {
  readonly properties: Properties;
  readonly etag: string;
}

/** One write of a transaction, with the ETag that the row must have: null for no row, `*` for any row, undefined for whatever is there. */
export interface RowWrite {
  readonly partition: string;
  readonly row: string;
  readonly properties: Properties | null;
  readonly expects: string | null | undefined;
}

/** A table's rows in memory, with the answers and refusals of Table Storage; everything happens at once. */
export interface MemoryRows {
  get(partition: string, row: string): StoredRow | null;
  list(filter: string): readonly { readonly partition: string; readonly row: string; readonly stored: StoredRow }[];
  /** All of them or none; throws the service's RestError. */
  write(writes: readonly RowWrite[]): void;
}

/** Rows in memory; `watch` learns of every change. */
export function rememberRows(watch: (changes: readonly RowChange[]) => void = () => undefined): MemoryRows {
  const partitions = new Map<string, Map<string, StoredRow>>();
  let writes = 0;
  const find = (partition: string, row: string) => partitions.get(partition)?.get(row) ?? null;
  return {
    get: find,
    list(filter) {
      const { partition, from, to } = readFilter(filter);
      return [...(partitions.get(partition) ?? [])]
        .filter(([row]) => row >= from && (to === null || row < to))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([row, stored]) => ({ partition, row, stored }));
    },
    write(given) {
      if (new Set(given.map(({ partition, row }) => `${partition}\n${row}`)).size < given.length)
        throw refuse(400, 'InvalidDuplicateRow');
      if (given.some(({ partition }) => partition !== given[0]?.partition))
        throw refuse(400, 'CommandsInBatchActOnDifferentPartitions');
      if (given.length > 100) throw refuse(400, 'InvalidInput');
      for (const { partition, row, expects } of given) checkExpected(find(partition, row), expects);
      const changes: RowChange[] = [];
      for (const { partition, row, properties } of given) {
        writes += 1;
        changes.push({ partition, row, before: find(partition, row)?.properties ?? null, after: properties });
        const rows = partitions.get(partition) ?? new Map<string, StoredRow>();
        partitions.set(partition, rows);
        if (properties === null) rows.delete(row);
        else rows.set(row, { properties, etag: `W/"${writes}"` });
      }
      watch(changes);
    },
  };
}

function checkExpected(found: StoredRow | null, expects: RowWrite['expects']): void {
  if (expects === undefined) return;
  if (expects === null) {
    if (found !== null) throw refuse(409, 'EntityAlreadyExists');
    return;
  }
  if (found === null) throw refuse(404, 'ResourceNotFound');
  if (expects !== '*' && expects !== found.etag) throw refuse(412, 'UpdateConditionNotSatisfied');
}

/** The service's refusal of that status and code. */
export function refuse(statusCode: number, code: string): RestError {
  return new RestError(code, { statusCode, code });
}

/** The one partition and the range of rows that a filter of ours asks for; throws for any other filter. */
export function readFilter(filter: string): RowRange {
  const read = known.get(filter) ?? parseFilter(filter);
  known.set(filter, read);
  return read;
}

/** The rows of a partition from one key until before another, null for to its end. */
interface RowRange {
  readonly partition: string;
  readonly from: string;
  readonly to: string | null;
}

const known = new Map<string, RowRange>();

function parseFilter(filter: string): RowRange {
  let partition: string | null = null;
  let from = '';
  let to: string | null = null;
  for (const condition of filter.split(' and ')) {
    const [, key, operator, quoted] = /^(PartitionKey|RowKey) (eq|ge|gt|le|lt) '((?:[^']|'')*)'$/.exec(condition) ?? [];
    const value = quoted?.replaceAll("''", "'") ?? '';
    if (key === 'PartitionKey' && operator === 'eq') partition = value;
    else if (key === 'RowKey' && operator === 'ge') from = value;
    else if (key === 'RowKey' && operator === 'gt') from = `${value}\0`;
    else if (key === 'RowKey' && operator === 'lt') to = value;
    else if (key === 'RowKey' && operator === 'le') to = `${value}\0`;
    else throw new Error(`The table in memory does not know the condition ${condition}.`);
  }
  if (partition === null) throw new Error('The table in memory lists one partition at a time.');
  return { partition, from, to };
}
