import type { Collection } from '../../../shared/domain/collection.ts';
import type { Result } from '../../../shared/domain/result.ts';
import type { RowChange } from '../../memory/memory-rows.ts';
import type { Save } from './witness.ts';

/** All collections as their rows say, read from what was written and not through the product's own code. */
export interface Book {
  readonly collections: ReadonlyMap<string, Collection>;
  readonly lines: ReadonlyMap<string, readonly string[]>;
  /** Takes in a transaction; answers the save that it is, null when it is none of a collection. */
  take(changes: readonly RowChange[]): Save | null;
}

const COLLECTION = /^[0-9a-f]{32}(?:-r\d+)?$/;

/** Opens a book. */
export function openBook(): Book {
  const collections = new Map<string, Collection>();
  const results = new Map<string, Map<string, Result>>();
  const lines = new Map<string, string[]>();
  return {
    collections,
    lines,
    take(changes) {
      const id = changes[0]?.partition ?? '';
      if (!COLLECTION.test(id)) return null;
      const before = collections.get(id) ?? null;
      const own = results.get(id) ?? new Map<string, Result>();
      results.set(id, own);
      const added: Save['lines'][number][] = [];
      let state: Collection | null = null;
      for (const { row, after } of changes) {
        const data = readText(after);
        if (data === null) continue;
        if (row.startsWith('result-')) own.set(row, JSON.parse(data) as Result);
        else if (row.startsWith('history-')) added.push({ number: Number(row.slice('history-'.length)), line: data });
        else if (row === 'state') state = readState(data);
      }
      lines.set(id, [...(lines.get(id) ?? []), ...added.map(({ line }) => line)]);
      if (state === null) return null;
      const sorted = [...own].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, result]) => result);
      const after: Collection = { ...state, results: sorted };
      collections.set(id, after);
      return { before, after, lines: added };
    },
  };
}

/** A row that was spoilt on purpose says nothing. */
function readState(data: string): Collection | null {
  try {
    return JSON.parse(data) as Collection;
  } catch {
    return null;
  }
}

function readText(properties: RowChange['after']): string | null {
  const data = properties?.['data'];
  return typeof data === 'string' ? data : null;
}
