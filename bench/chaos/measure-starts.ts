import { type AppLog, readLines } from './check-logs.ts';
import type { StoredCollection } from './read-collections.ts';

/** How the live responses came to be known: by the answer to their start, found again after a kill, adopted late; and how many starts were sent once more. */
export interface StartFigures {
  readonly answered: number;
  readonly recovered: number;
  readonly adopted: number;
  readonly sentAgain: number;
}

/** Counts by the custody logs, and by who of the processes was answered and took it in. */
export function measureStarts(collections: readonly StoredCollection[], logs: readonly AppLog[]): StartFigures {
  const answeredIds = new Set(logs.flatMap(listAnswered));
  const entries = collections.flatMap(({ id, entries: own }) => own.map((entry) => ({ id, ...entry })));
  const count = (event: string) => entries.filter((entry) => entry.event === event);
  const started = count('started');
  const answered = started.filter(({ id }) => answeredIds.has(id)).length;
  return {
    answered,
    recovered: started.length - answered,
    adopted: count('adopted').length,
    sentAgain: count('not started').length,
  };
}

/** Collections whose start was answered to a process that also lived to save it. */
function listAnswered(log: AppLog): readonly string[] {
  const lines = readLines(log);
  const idsOf = (fits: (line: Readonly<Record<string, unknown>>) => boolean) =>
    lines.filter(fits).map((line) => String(line['collection']));
  const dispatched = new Set(idsOf((line) => line['event'] === 'dispatch' && line['outcome'] === 'started'));
  return idsOf((line) => line['event'] === 'transition' && line['cause'] === 'started').filter((id) =>
    dispatched.has(id),
  );
}

/** How often each fault was logged, by its code, and how often each function failed; the most frequent first. */
export function countFaults(logs: readonly AppLog[]): readonly (readonly [string, number])[] {
  const faults = logs.flatMap(readLines).filter((line) => line['event'] === 'fault');
  const failures = logs.flatMap(({ text }) => [...text.matchAll(/^\S+ \[error\] ([\w-]+):/gm)]);
  const names = [...faults.map((line) => String(line['code'])), ...failures.map(([, name]) => `failures of ${name}`)];
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
