import { endAction, type LifeParts, moveOn } from './action-status.ts';
import { isOpen, type StoredAction } from './machine-action.ts';
import { offlineForMs } from './machine-states.ts';
import type { ScenarioMachine } from './scenario.ts';

/**
 * Keeps an action Pending until its machine takes it up, and makes it InProgress then. A machine that stays away ends it
 * after the time of the queue; one that is stuck leaves it open until it is cancelled. An aborted signal rejects.
 */
export async function waitForMachine(
  action: StoredAction,
  machine: ScenarioMachine,
  parts: LifeParts,
): Promise<'taken up' | 'never'> {
  const { clock, timings, switches, signal } = parts;
  const isAway = machine.kind === 'offline' || isGone(machine, parts);
  const waitMs = isAway ? Number.POSITIVE_INFINITY : Math.max(timings.pendingMs, offlineForMs(machine, clock));
  if (machine.stuck === 'Pending') return 'never';
  if (waitMs >= timings.queueMs) {
    await clock.sleep(timings.queueMs, signal);
    endAction(action, switches.queueEnd, parts);
    return 'never';
  }
  await clock.sleep(waitMs, signal);
  if (!isOpen(action)) return 'never';
  moveOn(action, { status: 'InProgress' }, parts);
  return machine.stuck === 'InProgress' ? 'never' : 'taken up';
}

/** A machine that was merged into another no longer asks for actions under its old id. */
function isGone({ entity }: ScenarioMachine, { switches }: LifeParts): boolean {
  return entity.mergedIntoMachineId !== null && switches.mergedMachine === 'never taken up';
}
