import type { Command } from './command.ts';
import type { ActionCommand, MachineAction } from './machine-action.ts';

/** What our own action would look like; `requestor` is null until Defender has named us once. */
export interface ExpectedAction {
  readonly machineId: string;
  readonly comment: string;
  readonly commands: readonly Command[];
  readonly requestor: string | null;
}

/** Whether an action is ours: by its comment somebody else's, or by everything ours, or it only pretends. */
export type ActionMatch =
  | { readonly match: 'ours' | "somebody else's" }
  | { readonly match: 'pretends'; readonly what: 'machine' | 'commands' | 'requestor' | 'request source' };

/** Compares an action with what we sent: machine, exact commands, requestor and request source (Defender: machineAction resource). */
export function matchAction(action: MachineAction, expected: ExpectedAction): ActionMatch {
  if (action.comment !== expected.comment) return { match: "somebody else's" };
  if (action.machineId.toLowerCase() !== expected.machineId.toLowerCase())
    return { match: 'pretends', what: 'machine' };
  if (!areSameCommands(action.commands, expected.commands)) return { match: 'pretends', what: 'commands' };
  const { requestor, requestSource } = action;
  if (requestor !== null && expected.requestor !== null && requestor !== expected.requestor)
    return { match: 'pretends', what: 'requestor' };
  if (requestSource !== null && requestSource.toLowerCase() !== 'publicapi')
    return { match: 'pretends', what: 'request source' };
  return { match: 'ours' };
}

function areSameCommands(seen: readonly ActionCommand[], sent: readonly Command[]): boolean {
  const inOrder = [...seen].sort((a, b) => a.index - b.index);
  return inOrder.length === sent.length && sent.every((command, index) => isSameCommand(inOrder[index], command));
}

function isSameCommand(seen: ActionCommand | undefined, sent: Command): boolean {
  if (seen === undefined || seen.type.toLowerCase() !== sent.type.toLowerCase()) return false;
  const expected = describeParameters(sent);
  const names = Object.keys(expected);
  const given = Object.keys(seen.parameters);
  return given.length === names.length && names.every((name) => seen.parameters[name] === expected[name]);
}

/** The parameters of a command by their key in lower case, as Defender is sent them. */
function describeParameters(command: Command): Readonly<Record<string, string>> {
  switch (command.type) {
    case 'PutFile':
      return { filename: command.fileName };
    case 'RunScript':
      return command.args === ''
        ? { scriptname: command.scriptName }
        : { scriptname: command.scriptName, args: command.args };
    case 'GetFile':
      return { path: command.path };
    default: {
      const unknown: never = command;
      throw new Error(`Unknown command ${JSON.stringify(unknown)}.`);
    }
  }
}
