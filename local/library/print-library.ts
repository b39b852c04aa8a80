import { spellHidden } from '../../shared/domain/escape-html.ts';
import type { Synced, SyncedFile } from '../../shared/pipeline/sync-library.ts';

type Shown = Exclude<Synced, { readonly outcome: 'wrong order' }>;

const HEADINGS = ['FILE', 'STATE', 'NOW', 'REVIEWED', 'IN THE LIBRARY', 'BY', 'CHANGED'];
/** Of a hash, a person is shown this many digits; the lines for programs have all. */
const SHORT_HASH = 12;
const MAX_CELL_CHARACTERS = 40;

/** A sync as a table for a person: a row a file, then a sentence for each that asks for attention, then what it comes to. */
export function printTable(synced: Shown): readonly string[] {
  const rows = synced.files.map((file) => cellsOf(file, (hash) => hash.slice(0, SHORT_HASH)).map(shorten));
  const widths = HEADINGS.map((heading, column) =>
    Math.max(...[heading, ...rows.map((row) => row[column] ?? '')].map((cell) => cell.length)),
  );
  const write = (row: readonly string[]) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ');
  const told = synced.files.filter(({ state }) => state !== 'same' && state !== 'foreign');
  return [
    write(HEADINGS).trimEnd(),
    ...rows.map((row) => write(row).trimEnd()),
    '',
    ...told.map(({ name, reason }) => `${spellHidden(name)}: ${spellHidden(reason)}`),
    sumUp(synced),
  ];
}

/** A sync as lines for a program: a line a file, its fields separated by a tab, `-` for what there is not. */
export function printLines({ files }: Shown): readonly string[] {
  return files.map((file) => [...cellsOf(file, (hash) => hash), spellHidden(file.reason)].join('\t'));
}

function cellsOf({ name, state, outcome, sha256, listed }: SyncedFile, show: (hash: string) => string): string[] {
  const cells = [
    name,
    state,
    outcome,
    sha256 === null ? '' : show(sha256),
    listed === null ? '' : show(listed.sha256),
    listed?.createdBy ?? '',
    listed?.lastUpdatedAt ?? '',
  ];
  return cells.map((cell) => spellHidden(cell) || '-');
}

function shorten(cell: string): string {
  const characters = Array.from(cell);
  return characters.length > MAX_CELL_CHARACTERS ? `${characters.slice(0, MAX_CELL_CHARACTERS - 1).join('')}…` : cell;
}

function sumUp({ outcome, files, library }: Shown): string {
  if (library === 'holds the reviewed scripts') return 'The library holds every reviewed script.';
  const count = files.filter((file) => file.outcome === 'planned').length;
  return outcome === 'planned' && count > 0
    ? `Nothing was done. With --apply, ${count === 1 ? 'one file is' : `${count} files are`} uploaded.`
    : 'The library does not hold every reviewed script.';
}
