import type { StoredRow } from './report-trouble.ts';

const OUR_PATH = /^data\/\d{1,3}-\d{1,3}-[a-z]{1,20}\/[a-z]{1,20}(?:\.json)?$/;
const HARMLESS_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,40}(?:\.[A-Za-z0-9_-]{1,10}){0,3}$/;

/**
 * A command line that opens a stored result with standard tools, null when there is none to give. It is made to be
 * copied into a shell: a name from the machine stands in it only when it is harmless there.
 */
export function tellOpening(row: StoredRow): string | null {
  if (!OUR_PATH.test(row.path)) return null;
  const content = row.inside === null ? null : `gunzip -c < ${row.path}`;
  switch (row.command) {
    case 'RunScript':
      return content === null ? `python3 -m json.tool ${row.path}` : `${content} | python3 -m json.tool`;
    case 'GetFile':
    case 'PutFile':
      return content === null ? `file ${row.path}` : `${content} > ${nameContent(row)}`;
    default: {
      const unknown: never = row.command;
      throw new Error(`Unknown command ${String(unknown)}.`);
    }
  }
}

/** A name beside the package's folder, so that nothing in it can be written over, and told apart by the result's numbers. */
function nameContent(row: StoredRow): string {
  const name = /[^/\\]*$/.exec(row.subject)?.[0] ?? '';
  return `../${row.session}-${row.index}-${HARMLESS_NAME.test(name) ? name : 'content'}`;
}
