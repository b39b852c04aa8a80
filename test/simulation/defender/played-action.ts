import type { Command } from '../../../shared/domain/command.ts';
import {
  type ActionCommand,
  type ActionStatus,
  type LiveResponseRequest,
  type MachineAction,
  phaseOf,
} from '../../../shared/domain/machine-action.ts';

/** A machine action as the played Defender keeps it: what it was at which time, so that a reader may be shown what was. */
export interface PlayedAction {
  readonly id: string;
  readonly machineId: string;
  readonly request: LiveResponseRequest;
  readonly acceptedMs: number;
  /** Whether the collector was given it, or somebody else asked for it. */
  readonly from: 'the collector' | 'somebody else';
  readonly views: { readonly atMs: number; readonly action: MachineAction }[];
  cancelAskedMs: number | null;
}

/** The name by which Defender calls the collector. */
export const REQUESTOR = 'Evidence Collector';

/** A new action: pending, with none of its commands begun. */
export function acceptAction(
  id: string,
  request: LiveResponseRequest,
  acceptedMs: number,
  who: Pick<PlayedAction, 'from'> & { readonly requestor: string },
): PlayedAction {
  const { machineId, comment } = request;
  const action: MachineAction = {
    id,
    status: 'Pending',
    machineId,
    comment,
    requestor: who.requestor,
    requestSource: 'PublicApi',
    createdAt: new Date(acceptedMs).toISOString(),
    commands: request.commands.map((command, index) => ({
      index,
      status: 'Created',
      startedAt: null,
      endedAt: null,
      errors: [],
      type: command.type,
      parameters: nameParameters(command),
    })),
  };
  const views = [{ atMs: acceptedMs, action }];
  return { id, machineId, request, acceptedMs, from: who.from, views, cancelAskedMs: null };
}

/** The action as it is. */
export function current(played: PlayedAction): MachineAction {
  const last = played.views.at(-1);
  if (last === undefined) throw new Error(`Action ${played.id} was never anything.`);
  return last.action;
}

/** The action as it was at that time, null when it was not there yet. */
export function viewAt(played: PlayedAction, atMs: number): MachineAction | null {
  return played.views.findLast((view) => view.atMs <= atMs)?.action ?? null;
}

/** Whether the action can still change. */
export function isOpen(played: PlayedAction): boolean {
  return phaseOf(current(played).status) === 'open';
}

/** Whether anything of the action was run. */
export function hasBegun(played: PlayedAction): boolean {
  return current(played).commands.some((command) => command.startedAt !== null);
}

/** Gives the action another status, and one of its commands another state. */
export function change(
  played: PlayedAction,
  atMs: number,
  status: ActionStatus,
  command: { readonly index: number; readonly to: Partial<ActionCommand> } | null = null,
): void {
  const before = current(played);
  const commands = before.commands.map((known) =>
    known.index === command?.index ? { ...known, ...command.to } : known,
  );
  played.views.push({ atMs, action: { ...before, status, commands } });
}

/** The parameters of a command as Defender repeats them, by the key in lower case. */
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
