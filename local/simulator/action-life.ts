import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import { formatTicks } from './defender-time.ts';
import type { CommandEnd, RunCommand } from './machine/command.ts';
import { type ActionStatus, isOpen, type StoredAction } from './machine-action.ts';
import { createResult, type ResultContent, type Results } from './results/result.ts';
import type { Timings } from './scenario.ts';

/** What the life of an action needs; `runCommand` is absent for a machine that is offline. */
export type LifeParts = {
  runCommand: RunCommand | undefined;
  results: Results;
  folder: string;
  clock: Clock;
  timings: Timings;
  timestamp(): string;
  signal: AbortSignal;
};

/** Leads an action from Pending to its end, unless it was cancelled meanwhile; an aborted signal rejects. */
export async function liveAction(action: StoredAction, parts: LifeParts): Promise<void> {
  const { clock, timings, signal } = parts;
  if (parts.runCommand === undefined) {
    await clock.sleep(timings.queueMs, signal);
    setStatus(action, 'TimeOut', parts);
    return;
  }
  await clock.sleep(timings.pendingMs, signal);
  setStatus(action, 'InProgress', parts);
  let status: ActionStatus = 'Succeeded';
  for (const index of action.commands.keys()) {
    await clock.sleep(timings.betweenPollsMs, signal);
    if (!isOpen(action)) return;
    status = await runOne(action, index, parts.runCommand, parts);
    if (status !== 'Succeeded') break;
  }
  await clock.sleep(timings.betweenPollsMs, signal);
  setStatus(action, status, parts);
}

/** Cancels an action after the delay of the service, unless it came to its end before. */
export async function cancelLater(action: StoredAction, parts: Omit<LifeParts, 'runCommand'>): Promise<void> {
  await parts.clock.sleep(parts.timings.cancelMs, parts.signal);
  setStatus(action, 'Cancelled', parts);
}

async function runOne(
  action: StoredAction,
  index: number,
  runCommand: RunCommand,
  parts: LifeParts,
): Promise<'Succeeded' | 'Failed' | 'TimeOut'> {
  const { clock, signal } = parts;
  const command = action.commands[index];
  const entity = action.entity.commands[index];
  if (command === undefined || entity === undefined) throw new Error(`The action has no command ${index}.`);
  const workFolder = join(parts.folder, action.entity.id, String(index));
  await mkdir(workFolder, { recursive: true });
  entity.startTime = formatTicks(clock.now(), 0);
  const end = await runCommand(command, workFolder, signal);
  // A cancelled action shows nothing of what its machine still did.
  if (!isOpen(action)) return 'Failed';
  entity.endTime = formatTicks(clock.now(), 0);
  entity.commandStatus = end.kind === 'completed' ? 'Completed' : 'Failed';
  action.entity.lastUpdateDateTimeUtc = parts.timestamp();
  if (end.kind !== 'completed') entity.errors.push(end.error);
  const content = contentOf(end);
  if (content !== undefined) {
    const result = createResult(action.entity.id, index, content, clock.now());
    parts.results.set(result.blobPath, result);
    action.resultPaths.set(index, result.blobPath);
  }
  return statusAfter(end);
}

function contentOf(end: CommandEnd): ResultContent | undefined {
  return end.kind === 'timed out' ? undefined : end.content;
}

function statusAfter(end: CommandEnd): 'Succeeded' | 'Failed' | 'TimeOut' {
  switch (end.kind) {
    case 'completed':
      return 'Succeeded';
    case 'failed':
      return 'Failed';
    case 'timed out':
      return 'TimeOut';
    default:
      return end satisfies never;
  }
}

function setStatus(action: StoredAction, status: ActionStatus, parts: Pick<LifeParts, 'timestamp'>): void {
  if (!isOpen(action)) return;
  action.entity.status = status;
  action.entity.lastUpdateDateTimeUtc = parts.timestamp();
}
