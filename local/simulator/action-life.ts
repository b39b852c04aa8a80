import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatTicks } from './defender-time.ts';
import { endAction, type LifeParts, moveOn } from './action-status.ts';
import type { CommandEnd, RunCommand } from './machine/command.ts';
import { isOpen, keepView, type StoredAction } from './machine-action.ts';
import { createResult, type ResultContent } from './results/result.ts';
import type { ScenarioMachine } from './scenario.ts';
import { waitForMachine } from './wait-for-machine.ts';

/** Leads a live response from Pending to its end, unless it was cancelled meanwhile or is stuck; an aborted signal rejects. */
export async function liveAction(
  action: StoredAction,
  machine: ScenarioMachine,
  runCommand: RunCommand,
  parts: LifeParts,
): Promise<void> {
  if ((await waitForMachine(action, machine, parts)) !== 'taken up') return;
  for (const index of action.commands.keys()) {
    await parts.clock.sleep(parts.timings.betweenPollsMs, parts.signal);
    if (!isOpen(action)) return;
    const end = await runOne(action, index, runCommand, parts);
    if (end === 'cancelled') return;
    if (end !== 'completed') {
      skipAfter(action, index, parts);
      await parts.clock.sleep(parts.timings.betweenPollsMs, parts.signal);
      return endAction(action, end === 'timed out' ? parts.switches.scriptTimeout : 'Failed', parts);
    }
  }
  await parts.clock.sleep(parts.timings.betweenPollsMs, parts.signal);
  endAction(action, 'Succeeded', parts);
}

async function runOne(
  action: StoredAction,
  index: number,
  runCommand: RunCommand,
  parts: LifeParts,
): Promise<CommandEnd['kind'] | 'cancelled'> {
  const { clock, signal, switches } = parts;
  const command = action.commands[index];
  const entity = action.entity.commands[index];
  if (command === undefined || entity === undefined) throw new Error(`The action has no command ${index}.`);
  const workFolder = join(parts.folder, action.entity.id, String(index));
  await mkdir(workFolder, { recursive: true });
  const startTime = formatTicks(clock.now(), 0);
  if (switches.startTime === 'while it runs') entity.startTime = startTime;
  keepView(action, clock.now());
  const end = await runCommand(command, workFolder, signal);
  // A cancelled action shows nothing of what its machine still did.
  if (!isOpen(action)) return 'cancelled';
  entity.startTime = startTime;
  entity.endTime = formatTicks(clock.now(), 0);
  entity.commandStatus = end.kind === 'completed' ? 'Completed' : 'Failed';
  if (end.kind !== 'completed') entity.errors.push(end.error);
  keepResult(action, index, end.kind === 'timed out' ? undefined : end.content, parts);
  moveOn(action, {}, parts);
  return end.kind;
}

function keepResult(action: StoredAction, index: number, content: ResultContent | undefined, parts: LifeParts): void {
  if (content === undefined) return;
  const { id, machineId, requestorComment } = action.entity;
  const subject = { machineId, comment: requestorComment, index };
  const result = createResult(id, subject, content, parts.clock.now());
  parts.results.set(result.blobPath, result);
  action.resultPaths.set(index, result.blobPath);
}

function skipAfter(action: StoredAction, index: number, parts: LifeParts): void {
  if (parts.switches.skippedCommands === 'Created') return;
  for (const skipped of action.entity.commands.slice(index + 1)) skipped.commandStatus = 'Failed';
  moveOn(action, {}, parts);
}
