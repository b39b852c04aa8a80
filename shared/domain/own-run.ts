import type { Alert, EvidenceTrace } from './alert.ts';
import type { Collection } from './collection.ts';
import { readRequestHead } from './script-request.ts';

/** Whether everything that an alert names bears the marks of our own runs, and of which collections. */
export type OwnRun =
  | { readonly verdict: 'marked'; readonly by: 'folder' | 'command line'; readonly collectionIds: readonly string[] }
  | { readonly verdict: 'not ours' };

const FOLDER =
  /^(?:[A-Za-z]:\\Windows\\(?:Temp|SystemTemp)\\|\/(?:private\/)?var\/tmp\/)evidence-collector-([0-9a-f]{32}(?:-r\d{1,3})?)-\d{1,3}[\\/]/i;
const REQUEST = /(?:^|[\s"'])(eyJ2IjoxLCJjb2xsZWN0aW9uIjoi[A-Za-z0-9_-]+)/;
const INTERPRETER = /[\\/](?:powershell\.exe|bash|dash|sh)$/i;

/** What our run leaves on a machine may be found there later; a command line is only there while it runs. */
const FOLDER_HOURS = 48;
const COMMAND_LINE_HOURS = 1;

/**
 * Finds the marks of our own runs: a file in the folder of a collection, an interpreter that was given our request, and
 * what it started. One row without a mark, and the alert is not ours: what merely appears beside us is collected.
 */
export function findOwnRun(alert: Alert): OwnRun {
  const rows = alert.traces ?? [];
  const ids = new Set<string>();
  const ownProcesses = new Set<number>();
  let by: 'folder' | 'command line' = 'folder';
  const open = new Set(rows);
  for (let before = -1; open.size !== before; ) {
    before = open.size;
    for (const row of open) {
      const mark = readMark(row);
      const isChild = row.parentProcessId !== null && ownProcesses.has(row.parentProcessId);
      if (mark === null && !isChild) continue;
      if (mark !== null) ids.add(mark.id);
      if (mark?.by !== 'folder') by = 'command line';
      if (row.processId !== null) ownProcesses.add(row.processId);
      open.delete(row);
    }
  }
  return rows.length > 0 && open.size === 0 && ids.size > 0
    ? { verdict: 'marked', by, collectionIds: [...ids] }
    : { verdict: 'not ours' };
}

function readMark({
  path,
  commandLine,
}: EvidenceTrace): { readonly by: 'folder' | 'command line'; readonly id: string } | null {
  const folder = path === null ? null : FOLDER.exec(path)?.[1];
  if (folder && !path?.split(/[\\/]/).includes('..')) return { by: 'folder', id: folder.toLowerCase() };
  const argument = commandLine === null || !INTERPRETER.test(path ?? '') ? null : REQUEST.exec(commandLine)?.[1];
  const id = argument ? readRequestHead(argument) : null;
  return id === null ? null : { by: 'command line', id };
}

/** Whether a collection is one whose run can have caused an alert: on that machine, begun before it, and not long over. */
export function mayHaveCaused(
  collection: Collection | null,
  { by }: Extract<OwnRun, { verdict: 'marked' }>,
  { machineId, at }: { readonly machineId: string; readonly at: string },
): 'yes' | 'no' {
  if (collection === null || collection.machineId !== machineId || collection.status === 'received') return 'no';
  if (collection.status === 'skipped' || collection.status === 'merged') return 'no';
  const hours = by === 'folder' ? FOLDER_HOURS : COMMAND_LINE_HOURS;
  const endedAt = 'endedAt' in collection ? collection.endedAt : at;
  const isInTime =
    Date.parse(at) >= Date.parse(collection.receivedAt) && Date.parse(at) <= Date.parse(endedAt) + hours * 3_600_000;
  return isInTime ? 'yes' : 'no';
}
