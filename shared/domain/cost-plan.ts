import { rankSeverity, type Severity } from './alert.ts';
import { leavesResult } from './command.ts';
import type { OpenEntry } from './open-entry.ts';
import type { Plan } from './plan.ts';
import { readRequestLimits } from './script-request.ts';
import type { Room, StartLimits } from './start-quota.ts';

/** What a plan would use up: calls by the name of their quota, and at most how much of a machine's time and of storage. */
export interface PlanCost {
  readonly liveResponses: number;
  readonly commands: number;
  /** Calls of each of Defender's other quotas that one collection makes; looking at running actions is shared by all. */
  readonly calls: Readonly<Record<'alert' | 'machine' | 'alert files' | 'library files' | 'result links', number>>;
  /** The most bytes of the archives; a file that is fetched as it is may have up to 3 GiB (Defender: live response). */
  readonly archiveBytesAtMost: number;
  readonly plainFiles: number;
  /** The most seconds that our scripts run; live response ends any other script after 600. */
  readonly scriptSecondsAtMost: number;
  /** How long is waited between sessions, in seconds. */
  readonly delaySeconds: number;
}

const FOREIGN_SCRIPT_SECONDS = 600;

/** Counts what a plan would use up if everything is as planned. */
export function costPlan(plan: Plan): PlanCost {
  const commands = plan.sessions.flatMap((session) => session.commands);
  const runs = commands.flatMap((command) => (command.type === 'RunScript' ? [command] : []));
  const seconds = runs.map(({ args }) => readRequestLimits(args)?.seconds ?? FOREIGN_SCRIPT_SECONDS);
  const archives = plan.sessions.flatMap((session) =>
    session.commands.flatMap((command) => {
      const maker =
        command.type === 'GetFile' && command.madeBy !== null ? session.commands[command.madeBy] : undefined;
      const limits = maker?.type === 'RunScript' ? readRequestLimits(maker.args) : null;
      return limits === null ? [] : [limits.bytes];
    }),
  );
  const gets = commands.filter(({ type }) => type === 'GetFile').length;
  return {
    liveResponses: plan.sessions.length,
    commands: commands.length,
    calls: {
      alert: 1,
      machine: 1,
      'alert files': 1,
      'library files': plan.sessions.length,
      'result links': commands.filter(({ type }) => leavesResult(type)).length,
    },
    archiveBytesAtMost: sum(archives),
    plainFiles: gets - archives.length,
    scriptSecondsAtMost: sum(seconds),
    delaySeconds: sum(plan.sessions.map(({ delayMs }) => (delayMs ?? 0) / 1000)),
  };
}

/** How long a collection would wait before its first live response, at least; `reason` says for what. */
export interface ExpectedWait {
  readonly seconds: number;
  readonly ahead: number;
  readonly reason: string;
}

/** Estimates the wait from the governor's reading and those that would go before: more severe or as severe, on any machine. */
export function estimateWait(
  room: Room,
  limits: StartLimits,
  open: readonly Pick<OpenEntry, 'rank' | 'status' | 'notBefore'>[],
  { severity, now }: { readonly severity: Severity; readonly now: string },
): ExpectedWait {
  const ahead = open.filter(
    (entry) => entry.status === 'planned' && entry.notBefore <= now && entry.rank >= rankSeverity(severity),
  ).length;
  if (ahead < room.starts)
    return {
      seconds: 0,
      ahead,
      reason: 'There is a place among the live responses; it would start with the next poll.',
    };
  const minutes = Math.floor((ahead - room.starts) / limits.startsPerMinute);
  const reason =
    room.reason ?? `${ahead} collections go before it, at ${limits.startsPerMinute} live responses a minute.`;
  return { seconds: Math.ceil(room.afterMs / 1000) + minutes * 60, ahead, reason };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
