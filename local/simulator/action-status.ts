import type { Clock } from './clock.ts';
import { type ActionStatus, isOpen, keepView, type MachineActionEntity, type StoredAction } from './machine-action.ts';
import type { Results } from './results/result.ts';
import type { Timings } from './scenario.ts';
import type { Switches } from './switches.ts';

/** What the lives of actions need. */
export type LifeParts = {
  results: Results;
  folder: string;
  clock: Clock;
  timings: Timings;
  switches: Switches;
  timestamp(): string;
  signal: AbortSignal;
};

type ChangeParts = Pick<LifeParts, 'timestamp' | 'clock' | 'switches'>;

/** Changes what an action shows, and when it was last updated. */
export function moveOn(action: StoredAction, changes: Partial<MachineActionEntity>, parts: ChangeParts): void {
  Object.assign(action.entity, { lastUpdateDateTimeUtc: parts.timestamp() }, changes);
  keepView(action, parts.clock.now());
}

/** Gives an action that is still open its final status, and the details of a failure. */
export function endAction(
  action: StoredAction,
  status: Exclude<ActionStatus, 'Pending' | 'InProgress'>,
  parts: ChangeParts,
): void {
  if (!isOpen(action)) return;
  moveOn(action, status === 'Succeeded' ? { status } : { ...parts.switches.failureDetails, status }, parts);
}
