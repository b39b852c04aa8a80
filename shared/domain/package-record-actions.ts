import * as z from 'zod';
import { readComment } from './machine-action.ts';
import type { CommandEnd } from './package-record-machine-schema.ts';
import type { CustodyRow, PackageRecord } from './package-record-schema.ts';

/** A machine action in a package record. */
export type ActionRow = PackageRecord['machineActions'][number];

/** The machine actions that a custody log tells of, in their order. */
export function readActions(entries: readonly CustodyRow[]): readonly ActionRow[] {
  const actions = new Map<string, ActionRow>();
  let name: ReturnType<typeof readComment> = null;
  for (const entry of entries) {
    const { comment, action, status } = entry.detail;
    if (entry.event === 'starting') name = readComment(String(comment));
    if (typeof action !== 'string') continue;
    const known = actions.get(action);
    if (entry.event === 'adopted') name = readComment(String(comment));
    if (entry.event === 'started' || entry.event === 'adopted') {
      const { session, attempt } = name ?? { session: null, attempt: null };
      const times = { startedAt: entry.at, endedAt: null, endedAs: null };
      actions.set(action, { id: action, session, attempt, ...times, commands: [] });
    } else if (known !== undefined && (entry.event === 'action ended' || entry.event === 'returned to the plan')) {
      actions.set(action, { ...known, endedAt: entry.at, endedAs: String(status), commands: readCommandEnds(entry) });
    } else if (known !== undefined && entry.event === 'action gone') {
      actions.set(action, { ...known, endedAt: entry.at, endedAs: 'gone' });
    }
  }
  return [...actions.values()];
}

/** The commands and their times as `action ended` tells them: `0 RunScript Completed, …` and `0 <start> <end>, …`. */
function readCommandEnds({ detail }: CustodyRow): readonly CommandEnd[] {
  const times = new Map<number, readonly [string | null, string | null]>();
  for (const told of split(detail['commandTimes'])) {
    const [, index, startedAt, endedAt] = /^(\d{1,3}) (\S+) (\S+)$/.exec(told) ?? [];
    if (index !== undefined) times.set(Number(index), [timeOf(startedAt), timeOf(endedAt)]);
  }
  return split(detail['commands']).flatMap((told) => {
    const [, index, type, status] = /^(\d{1,3}) (\w{1,20}) (.{1,20})$/.exec(told) ?? [];
    if (index === undefined || type === undefined || status === undefined) return [];
    const [startedAt, endedAt] = times.get(Number(index)) ?? [null, null];
    return [{ index: Number(index), type, status, startedAt, endedAt }];
  });
}

function split(value: string | number | null | undefined): readonly string[] {
  return typeof value === 'string' ? value.split(', ') : [];
}

function timeOf(told: string | undefined): string | null {
  return z.iso.datetime().safeParse(told).data ?? null;
}
