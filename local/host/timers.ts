import { setTimeout as wait } from 'node:timers/promises';
import { Cron } from 'croner';
import type { RegisteredFunction, Registry } from './core-api.ts';
import { findTrigger, readTextOption } from './find-trigger.ts';
import { invokeFunction } from './invoke-function.ts';
import { resolveSettings, type Settings } from './resolve-settings.ts';

/** A timer function with its schedule, the settings in it resolved. */
export type TimerFunction = {
  registered: RegisteredFunction;
  schedule: string;
  cron: Cron;
  runOnStartup: boolean;
};

/** setTimeout overflows beyond this. */
const longestWaitMs = 2 ** 31 - 1;
const lateAfterMs = 1_000;
const neverRun = new Date('0001-01-01T00:00:00.000Z');

/** The timer functions; throws a sentence when a schedule's setting is missing or is not NCRONTAB of six fields (or five, without seconds). */
export function listTimers(registry: Registry, settings: Settings): TimerFunction[] {
  return registry.functions
    .filter(({ metadata }) => findTrigger(metadata).type === 'timerTrigger')
    .map((registered) => {
      const { binding } = findTrigger(registered.metadata);
      const { name } = registered.metadata;
      const schedule = resolveSettings(readTextOption(binding, 'schedule') ?? '', settings, name);
      return {
        registered,
        schedule,
        cron: parseSchedule(schedule, name),
        runOnStartup: binding['runOnStartup'] === true,
      };
    });
}

/** NCRONTAB asks day and weekday to agree, where cron takes either: https://learn.microsoft.com/azure/azure-functions/functions-bindings-timer#ncrontab-expressions */
function parseSchedule(schedule: string, functionName: string): Cron {
  try {
    return new Cron(schedule, { mode: '5-or-6-parts', timezone: 'UTC', domAndDow: true, sloppyRanges: true });
  } catch (error) {
    throw new Error(
      `The schedule "${schedule}" of the function "${functionName}" cannot be read. Write six fields: second minute hour day month weekday, such as "0 */5 * * * *".`,
      { cause: error },
    );
  }
}

/**
 * Runs a timer function by its schedule until the signal aborts; resolves when its last run has ended. A run never begins
 * before the one before has ended: what came due meanwhile is run once, at once, and counts as past due. The next time
 * follows from when a run began, as in the real host (TimerListener of azure-webjobs-sdk-extensions).
 */
export async function runTimer(registry: Registry, timer: TimerFunction, signal: AbortSignal): Promise<void> {
  let last = neverRun;
  let plannedAt = timer.runOnStartup ? new Date() : timer.cron.nextRun();
  while (plannedAt !== null && (await waitUntil(plannedAt, signal)) === 'due') {
    const beganAt = new Date();
    const from = beganAt > plannedAt ? beganAt : plannedAt;
    const next = timer.cron.nextRun(from);
    const isPastDue = beganAt.getTime() - plannedAt.getTime() > lateAfterMs;
    await invokeFunction(registry, {
      registered: timer.registered,
      data: { json: JSON.stringify(describeRun(timer, { last, next: plannedAt, isPastDue })) },
    });
    last = from;
    plannedAt = next;
  }
}

/** The real host gives no schedule status to timers that run more often than once a minute, or with `useMonitor: false`. */
function describeRun(
  { registered, cron }: TimerFunction,
  { last, next, isPastDue }: { last: Date; next: Date; isPastDue: boolean },
): Record<string, unknown> {
  const [first, second] = cron.nextRuns(2);
  const isFrequent = first !== undefined && second !== undefined && second.getTime() - first.getTime() < 60_000;
  const isMonitored = !isFrequent && findTrigger(registered.metadata).binding['useMonitor'] !== false;
  return {
    Schedule: { AdjustForDST: true },
    ScheduleStatus: isMonitored
      ? { Last: last.toISOString(), LastUpdated: last.toISOString(), Next: next.toISOString() }
      : null,
    IsPastDue: isPastDue,
  };
}

async function waitUntil(time: Date, signal: AbortSignal): Promise<'due' | 'aborted'> {
  for (;;) {
    if (signal.aborted) return 'aborted';
    const leftMs = time.getTime() - Date.now();
    if (leftMs <= 0) return 'due';
    await wait(Math.min(leftMs, longestWaitMs), undefined, { signal }).catch(() => undefined);
  }
}
