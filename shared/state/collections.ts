import { odata, type TableClient, type TransactionAction } from '@azure/data-tables';
import { type Collection, stageOf } from '../domain/collection.ts';
import type { CustodyLine } from '../domain/custody.ts';
import { describeOpen, isSameEntry } from '../domain/open-entry.ts';
import { createFindingRows, type FindingRows } from './finding-rows.ts';
import { createOpenIndex, type OpenIndex } from './open-index.ts';
import { readRow } from './read-row.ts';
import { restoreCollection, SCHEMA_VERSION, type StoredText } from './restore-collection.ts';
import { historyKey, type Row, resultKey, STATE_KEY, writeResult, writeState } from './row-codec.ts';
import { whyNotWritten } from './table-errors.ts';

/** A collection as it was read, with the ETag of its state row. */
export interface LoadedRows {
  readonly collection: Collection;
  readonly version: string;
  /** When it was read by the table service's clock, ISO 8601 UTC, to the second; absent where an answer has no date. */
  readonly readAt?: string;
}

/** Collections in Table Storage: state, results and custody log of one collection are one partition, written in one transaction. */
export interface CollectionsTable extends OpenIndex, Pick<FindingRows, 'noteEnded' | 'listCandidates'> {
  create(collection: Collection, lines: readonly CustodyLine[]): Promise<'created' | 'exists'>;
  load(collectionId: string): Promise<LoadedRows | null>;
  save(loaded: LoadedRows, next: Collection, lines: readonly CustodyLine[]): Promise<'saved' | 'changed meanwhile'>;
  claimPair(pairId: string, collectionId: string): Promise<string>;
  readCustody(collectionId: string): Promise<readonly string[]>;
}

/** Collections kept in a table. */
export function createCollections(table: TableClient): CollectionsTable {
  const index = createOpenIndex(table);
  const { noteReceived, noteEnded, listCandidates } = createFindingRows(table);
  return {
    ...index,
    noteEnded,
    listCandidates,
    create: (collection, lines) => create(table, index, noteReceived, collection, lines),
    load: (collectionId) => load(table, collectionId),
    save: (loaded, next, lines) => save(table, index, loaded, next, lines),
    claimPair: (pairId, collectionId) => claimPair(table, pairId, collectionId),
    readCustody: (collectionId) => readCustody(table, collectionId),
  };
}

async function create(
  table: TableClient,
  index: OpenIndex,
  noteNew: (collection: Collection) => Promise<void>,
  collection: Collection,
  lines: readonly CustodyLine[],
): Promise<'created' | 'exists'> {
  const existing = await readRow(table, collection.id, STATE_KEY);
  if (existing !== null) {
    const known = restoreCollection(existing, []);
    if (stageOf(known.status) === 'open') await index.refreshOpen(known);
    return 'exists';
  }
  // Before the collection itself: a row too many is harmless, a collection that no poll sees is lost.
  await index.refreshOpen(collection);
  await noteNew(collection);
  try {
    await table.submitTransaction([
      ['create', writeState(collection)],
      ...lines.map((line) => createLine(collection.id, line)),
    ]);
    return 'created';
  } catch (fault) {
    if (whyNotWritten(fault) === 'exists') return 'exists';
    throw fault;
  }
}

async function load(table: TableClient, collectionId: string): Promise<LoadedRows | null> {
  const filter = odata`PartitionKey eq ${collectionId} and RowKey ge 'result' and RowKey le ${STATE_KEY}`;
  let state: { readonly data: string; readonly schema: number; readonly version: string } | null = null;
  const results: StoredText[] = [];
  let date: string | undefined;
  const onResponse = (response: { readonly headers: { get(name: string): string | undefined } }) => {
    date = response.headers.get('date');
  };
  for await (const row of table.listEntities<Row>({ queryOptions: { filter }, onResponse })) {
    if (row.rowKey === STATE_KEY) state = { data: row.data, schema: row.schema, version: row.etag };
    else results.push({ data: row.data, schema: row.schema });
  }
  if (state === null) return null;
  const readMs = Date.parse(date ?? '');
  const readAt = Number.isNaN(readMs) ? {} : { readAt: new Date(readMs).toISOString() };
  return { collection: restoreCollection(state, results), version: state.version, ...readAt };
}

async function save(
  table: TableClient,
  index: OpenIndex,
  loaded: LoadedRows,
  next: Collection,
  lines: readonly CustodyLine[],
): Promise<'saved' | 'changed meanwhile'> {
  const { collection: before, version } = loaded;
  const known = new Map(before.results.map((result) => [resultKey(result), result]));
  const changed = next.results.filter((result) => known.get(resultKey(result)) !== result);
  const actions: TransactionAction[] = [
    ['update', writeState(next), 'Replace', { etag: version }],
    ...changed.map((result): TransactionAction => ['upsert', writeResult(next.id, result), 'Replace']),
    ...lines.map((line) => createLine(next.id, line)),
  ];
  try {
    await table.submitTransaction(actions);
  } catch (fault) {
    const why = whyNotWritten(fault);
    if (why === 'changed' || why === 'exists') return 'changed meanwhile';
    throw fault;
  }
  // After the collection itself: should this be cut short, a poll finds the row stale and writes it anew.
  const isNews = stageOf(next.status) === 'open' && !isSameEntry(describeOpen(before), describeOpen(next));
  if (isNews) await index.refreshOpen(next).catch(() => undefined);
  return 'saved';
}

function createLine(collectionId: string, { number, line }: CustodyLine): TransactionAction {
  return ['create', { partitionKey: collectionId, rowKey: historyKey(number), schema: SCHEMA_VERSION, data: line }];
}

async function claimPair(table: TableClient, pairId: string, collectionId: string): Promise<string> {
  try {
    await table.createEntity({ partitionKey: 'pair', rowKey: pairId, schema: SCHEMA_VERSION, data: collectionId });
    return collectionId;
  } catch (fault) {
    if (whyNotWritten(fault) !== 'exists') throw fault;
    const claim = await readRow(table, 'pair', pairId);
    if (claim === null) throw fault;
    return claim.data;
  }
}

async function readCustody(table: TableClient, collectionId: string): Promise<readonly string[]> {
  const filter = odata`PartitionKey eq ${collectionId} and RowKey ge 'history' and RowKey lt 'i'`;
  const lines: string[] = [];
  for await (const row of table.listEntities<Row>({ queryOptions: { filter } })) lines.push(row.data);
  return lines;
}
