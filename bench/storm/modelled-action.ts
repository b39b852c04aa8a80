import type { Command } from '../../shared/domain/command.ts';
import type { ActionStatus, LiveResponseRequest, MachineAction } from '../../shared/domain/machine-action.ts';
import type { SessionTimes } from './storm.ts';
import { workMs } from './storm.ts';

/** A live response that the modelled Defender accepted: what will become of it is known, unless it is cancelled before. */
export interface ModelledAction {
  readonly id: string;
  readonly request: LiveResponseRequest;
  readonly startedAtMs: number;
  /** Infinity when its machine never answers. */
  readonly takenUpAtMs: number;
  /** When Defender gives its machine up. */
  readonly expiresAtMs: number;
  readonly times: SessionTimes;
  /** When a cancel takes effect; infinity while none was asked for. */
  cancelledAtMs: number;
}

/** How an action ends, and when. */
export function endOf(action: ModelledAction): {
  readonly status: 'Succeeded' | 'Cancelled' | 'TimeOut';
  readonly atMs: number;
} {
  const { takenUpAtMs, expiresAtMs, cancelledAtMs, times } = action;
  // What a machine has begun is not stopped by a cancel.
  if (takenUpAtMs < Math.min(expiresAtMs, cancelledAtMs))
    return { status: 'Succeeded', atMs: takenUpAtMs + workMs(times) };
  return cancelledAtMs < expiresAtMs
    ? { status: 'Cancelled', atMs: cancelledAtMs }
    : { status: 'TimeOut', atMs: expiresAtMs };
}

/** The status of an action at a time. */
export function statusAt(action: ModelledAction, nowMs: number): ActionStatus {
  const end = endOf(action);
  if (nowMs >= end.atMs) return end.status;
  return end.status === 'Succeeded' && nowMs >= action.takenUpAtMs ? 'InProgress' : 'Pending';
}

/** An action at a time as Defender would report it. */
export function describeAt(action: ModelledAction, nowMs: number, now: Date): MachineAction {
  const { id, request, startedAtMs } = action;
  const atDate = (atMs: number) => new Date(now.getTime() - nowMs + atMs).toISOString();
  const spans = spanCommands(action);
  return {
    id,
    status: statusAt(action, nowMs),
    machineId: request.machineId,
    comment: request.comment,
    requestor: 'collector',
    requestSource: 'PublicApi',
    createdAt: atDate(startedAtMs),
    commands: request.commands.map((command, index) => {
      const { fromMs, untilMs } = spans[index] ?? NEVER;
      return {
        index,
        type: command.type,
        parameters: nameParameters(command),
        status: nowMs >= untilMs ? 'Completed' : 'Created',
        startedAt: nowMs >= fromMs ? atDate(fromMs) : null,
        endedAt: nowMs >= untilMs ? atDate(untilMs) : null,
        errors: [],
      };
    }),
  };
}

const NEVER = { fromMs: Number.POSITIVE_INFINITY, untilMs: Number.POSITIVE_INFINITY };

/** When each command runs; never where its machine does not take the action up. */
function spanCommands(action: ModelledAction): readonly { readonly fromMs: number; readonly untilMs: number }[] {
  const { request, takenUpAtMs, times } = action;
  let atMs = endOf(action).status === 'Succeeded' ? takenUpAtMs : Number.POSITIVE_INFINITY;
  return request.commands.map(({ type }) => {
    const fromMs = atMs;
    atMs += type === 'RunScript' ? times.scriptMs : times.fetchMs;
    return { fromMs, untilMs: atMs };
  });
}

function nameParameters(command: Command): Readonly<Record<string, string>> {
  switch (command.type) {
    case 'PutFile':
      return { filename: command.fileName };
    case 'RunScript':
      return { scriptname: command.scriptName, args: command.args };
    case 'GetFile':
      return { path: command.path };
    default: {
      const unknown: never = command;
      throw new Error(`Unknown command ${JSON.stringify(unknown)}.`);
    }
  }
}
