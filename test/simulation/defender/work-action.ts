import type { MachinePlan, Span } from '../scenario.ts';
import type { Timeline } from '../timeline.ts';
import { change, current, hasBegun, isOpen, type PlayedAction } from './played-action.ts';

/** What an action is worked on with: `sinceStart` is ms since the run's start, by which a machine's spans go. */
export interface Workplace {
  readonly timeline: Timeline;
  readonly sinceStart: () => number;
}

/** An action that its machine does not take up is dropped by Defender's queue after so long. */
const QUEUE_LIMIT_MS = 2 * 3_600_000;
/** A script is ended after so long (Defender: run live response). */
const SCRIPT_LIMIT_MS = 10 * 60_000;

/** Lets a machine take an action up when it is there, run its commands one after the other, and report its end. */
export function workOn(place: Workplace, machine: MachinePlan, action: PlayedAction): void {
  const { timeline } = place;
  timeline.after(machine.beginMs, () => begin(place, machine, action));
  timeline.after(QUEUE_LIMIT_MS, () => {
    if (isOpen(action) && !hasBegun(action)) change(action, timeline.now(), 'TimeOut');
  });
}

/** Asks for an action's end: one that was not begun ends soon, of one that runs it depends on the machine. */
export function cancelWork(place: Workplace, machine: MachinePlan, action: PlayedAction): 'asked' | 'already final' {
  const { timeline } = place;
  if (!isOpen(action)) return 'already final';
  action.cancelAskedMs ??= timeline.now();
  timeline.after(machine.cancelMs, () => {
    if (isOpen(action) && !hasBegun(action)) change(action, timeline.now(), 'Cancelled');
  });
  return 'asked';
}

function begin(place: Workplace, machine: MachinePlan, action: PlayedAction): void {
  if (!isOpen(action)) return;
  const backInMs = awayFor(place, machine);
  if (backInMs > 0) place.timeline.after(backInMs + machine.beginMs, () => begin(place, machine, action));
  else runCommand(place, machine, action, 0);
}

function runCommand(place: Workplace, machine: MachinePlan, action: PlayedAction, index: number): void {
  if (!isOpen(action)) return;
  const { timeline } = place;
  if (index >= action.request.commands.length) {
    finish(place, machine, action, 'Succeeded');
    return;
  }
  if (action.cancelAskedMs !== null && machine.onCancel === 'stops') {
    finish(place, machine, action, 'Cancelled');
    return;
  }
  const startedAt = new Date(timeline.now()).toISOString();
  change(action, timeline.now(), 'InProgress', { index, to: { startedAt } });
  timeline.after(machine.commandMs, () => endCommand(place, machine, action, index));
}

function endCommand(place: Workplace, machine: MachinePlan, action: PlayedAction, index: number): void {
  if (!isOpen(action)) return;
  const { timeline } = place;
  const backInMs = awayFor(place, machine);
  if (backInMs > SCRIPT_LIMIT_MS) {
    finish(place, machine, action, 'TimeOut');
    return;
  }
  if (backInMs > 0) {
    timeline.after(backInMs, () => endCommand(place, machine, action, index));
    return;
  }
  const endedAt = new Date(timeline.now()).toISOString();
  if (index === machine.failsAt) {
    const to = { status: 'Failed' as const, endedAt, errors: ['The command failed on the machine.'] };
    change(action, timeline.now(), current(action).status, { index, to });
    finish(place, machine, action, 'Failed');
    return;
  }
  change(action, timeline.now(), current(action).status, { index, to: { status: 'Completed', endedAt } });
  runCommand(place, machine, action, index + 1);
}

function finish(
  { timeline }: Workplace,
  machine: MachinePlan,
  action: PlayedAction,
  status: 'Succeeded' | 'Failed' | 'TimeOut' | 'Cancelled',
): void {
  timeline.after(machine.finalMs, () => {
    if (isOpen(action)) change(action, timeline.now(), status);
  });
}

/** In how many ms the machine is there again, 0 while it is. */
function awayFor(place: Workplace, machine: MachinePlan): number {
  return leftOf(machine.away, place.sinceStart());
}

/** How many ms are left of the spans that a time falls into, 0 for none. */
export function leftOf(spans: readonly Span[], atMs: number): number {
  return Math.max(
    0,
    ...spans.filter((span) => span.fromMs <= atMs && atMs < span.toMs).map((span) => span.toMs - atMs),
  );
}
