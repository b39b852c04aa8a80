import type { TableClient } from '@azure/data-tables';
import { type MemoryRows, type Properties, readFilter, refuse, type RowWrite } from './memory-rows.ts';

/** What one call to the service is: reading or writing, and of which partition. */
export interface TableCall {
  readonly kind: 'read' | 'write';
  readonly name: string;
  readonly partition: string;
}

/** Lets a call to a service happen, now or later, or not at all. */
export type PassTable = <T>(call: TableCall, effect: () => T) => Promise<T>;

/** The SDK's client as far as the state adapters use it, on rows in memory; `pass` decides when a call happens, `now` is the service's clock. */
export function connectRows(rows: MemoryRows, now: () => Date, pass: PassTable = passAtOnce): TableClient {
  type Entity = Properties & { readonly partitionKey: string; readonly rowKey: string };
  type Options = { readonly onResponse?: (response: object) => void; readonly etag?: string };
  const write = async (name: string, writes: readonly RowWrite[]): Promise<object> => {
    await pass({ kind: 'write', name, partition: writes[0]?.partition ?? '' }, () => rows.write(writes));
    return {};
  };
  const client = {
    async getEntity(partition: string, row: string, options: Options = {}) {
      const { found, date } = await pass({ kind: 'read', name: 'get', partition }, () => ({
        found: rows.get(partition, row),
        date: now().toUTCString(),
      }));
      options.onResponse?.({ headers: { get: (name: string) => (name === 'date' ? date : undefined) } });
      if (found === null) throw refuse(404, 'ResourceNotFound');
      return { partitionKey: partition, rowKey: row, ...found.properties, etag: found.etag };
    },
    listEntities({ queryOptions, onResponse }: Options & { readonly queryOptions: { readonly filter: string } }) {
      const listed = list(queryOptions.filter, onResponse);
      return Object.assign(listed, {
        byPage: async function* ({ maxPageSize }: { readonly maxPageSize: number }) {
          const all: object[] = [];
          for await (const row of listed) all.push(row);
          for (let from = 0; from < all.length; from += maxPageSize) yield all.slice(from, from + maxPageSize);
        },
      });
    },
    createEntity: (entity: Entity) => write('create', [toWrite(entity, null)]),
    updateEntity: (entity: Entity, mode: string, { etag }: Options = {}) =>
      write('update', [toWrite(entity, checkMode(mode, etag ?? '*'))]),
    upsertEntity: (entity: Entity, mode: string) => write('upsert', [toWrite(entity, checkMode(mode, undefined))]),
    deleteEntity: (partition: string, row: string, { etag }: Options = {}) =>
      write('delete', [{ partition, row, properties: null, expects: etag ?? '*' }]),
    submitTransaction: (actions: readonly (readonly [string, Entity, string?, Options?])[]) =>
      write('transact', actions.map(readAction)),
  };
  return client as unknown as TableClient;

  async function* list(filter: string, onResponse: Options['onResponse']) {
    const { partition } = readFilter(filter);
    const { found, date } = await pass({ kind: 'read', name: 'list', partition }, () => ({
      found: rows.list(filter),
      date: now().toUTCString(),
    }));
    onResponse?.({ headers: { get: (name: string) => (name === 'date' ? date : undefined) } });
    for (const { row, stored } of found)
      yield { partitionKey: partition, rowKey: row, ...stored.properties, etag: stored.etag };
  }

  function readAction([kind, entity, mode, options]: readonly [string, Entity, string?, Options?]): RowWrite {
    if (kind === 'create') return toWrite(entity, null);
    if (kind === 'update') return toWrite(entity, checkMode(mode, options?.etag ?? '*'));
    if (kind === 'upsert') return toWrite(entity, checkMode(mode, undefined));
    throw new Error(`The table in memory does not know the action ${kind}.`);
  }
}

function toWrite({ partitionKey, rowKey, ...properties }: Properties, expects: RowWrite['expects']): RowWrite {
  return { partition: String(partitionKey), row: String(rowKey), properties, expects };
}

/** The SDK merges unless it is told to replace; we always replace. */
function checkMode<T>(mode: string | undefined, expects: T): T {
  if (mode !== 'Replace') throw new Error('The table in memory only replaces rows.');
  return expects;
}

async function passAtOnce<T>(_: TableCall, effect: () => T): Promise<T> {
  return effect();
}
