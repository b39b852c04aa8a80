import * as z from 'zod';
import type { Command } from './machine/command.ts';
import type { MachineEntity } from './machines.ts';
import type { Results } from './results/result.ts';

/** The statuses of a machine action; the last four are final. */
export type ActionStatus = 'Pending' | 'InProgress' | 'Succeeded' | 'Failed' | 'TimeOut' | 'Cancelled';

/** A command of an action as the API answers it. */
export type CommandEntity = {
  index: number;
  startTime: string | null;
  endTime: string | null;
  commandStatus: 'Created' | 'Completed' | 'Failed';
  errors: string[];
  command: { type: string; params: { key: string; value: string }[] };
};

/** A live response action as the API answers it, with the fields that only real answers show. */
export type MachineActionEntity = {
  id: string;
  type: 'LiveResponse';
  title: string | null;
  requestor: string;
  requestorComment: string;
  status: ActionStatus;
  machineId: string;
  computerDnsName: string;
  creationDateTimeUtc: string;
  lastUpdateDateTimeUtc: string;
  cancellationRequestor: string | null;
  cancellationComment: string | null;
  cancellationDateTimeUtc: string | null;
  errorHResult: number;
  scope: string | null;
  externalId: string | null;
  requestSource: 'PublicApi';
  relatedFileInfo: null;
  commands: CommandEntity[];
  troubleshootInfo: null;
};

/** An action with what the API does not show: its commands as parsed, and the blob paths of its results by index. */
export type StoredAction = {
  entity: MachineActionEntity;
  commands: readonly Command[];
  createdAtMs: number;
  resultPaths: Map<number, string>;
};

/** The actions by id, oldest first, and the results of their commands by blob path. */
export type ActionStore = { actions: Map<string, StoredAction>; results: Results };

/** Tells whether an action's status can still change. */
export function isOpen(action: StoredAction): boolean {
  return action.entity.status === 'Pending' || action.entity.status === 'InProgress';
}

const paramsSchema = z.array(z.strictObject({ key: z.string(), value: z.string().min(1) })).min(1);
const commandSchema = z.strictObject({ type: z.string(), params: paramsSchema });

/** Reads the `Commands` of a request: types in order, keys as documented, case-sensitive. */
export function readCommands(
  value: unknown,
): { kind: 'commands'; commands: Command[]; raw: CommandEntity['command'][] } | { kind: 'malformed' } {
  const raw = z.array(commandSchema).min(1).safeParse(value);
  if (!raw.success) return { kind: 'malformed' };
  const commands = raw.data.map(readCommand).filter((command) => command !== undefined);
  const ranks = commands.map((command) => ['PutFile', 'RunScript', 'GetFile'].indexOf(command.type));
  const isOrdered = ranks.every((rank, place) => rank >= (ranks[place - 1] ?? 0));
  if (commands.length < raw.data.length || !isOrdered) return { kind: 'malformed' };
  return { kind: 'commands', commands, raw: raw.data };
}

function readCommand(command: z.infer<typeof commandSchema>): Command | undefined {
  const params = new Map(command.params.map(({ key, value }) => [key, value]));
  const has = (...keys: string[]): boolean =>
    params.size === command.params.length && [...params.keys()].every((key) => keys.includes(key));
  const fileName = params.get('FileName');
  const scriptName = params.get('ScriptName');
  const path = params.get('Path');
  if (command.type === 'PutFile' && fileName !== undefined && has('FileName')) return { type: 'PutFile', fileName };
  if (command.type === 'GetFile' && path !== undefined && has('Path')) return { type: 'GetFile', path };
  if (command.type !== 'RunScript' || scriptName === undefined || !has('ScriptName', 'Args')) return undefined;
  return { type: 'RunScript', scriptName, args: params.get('Args') };
}

/** Makes the entity of an action that was just accepted. */
export function createAction(of: {
  id: string;
  machine: MachineEntity;
  commands: readonly CommandEntity['command'][];
  comment: string;
  requestor: string;
  createdAt: string;
}): MachineActionEntity {
  return {
    id: of.id,
    type: 'LiveResponse',
    title: null,
    requestor: of.requestor,
    requestorComment: of.comment,
    status: 'Pending',
    machineId: of.machine.id,
    computerDnsName: of.machine.computerDnsName,
    creationDateTimeUtc: of.createdAt,
    lastUpdateDateTimeUtc: of.createdAt,
    cancellationRequestor: null,
    cancellationComment: null,
    cancellationDateTimeUtc: null,
    errorHResult: 0,
    scope: null,
    externalId: null,
    requestSource: 'PublicApi',
    relatedFileInfo: null,
    commands: of.commands.map((command, index) => ({
      index,
      startTime: null,
      endTime: null,
      commandStatus: 'Created',
      errors: [],
      command,
    })),
    troubleshootInfo: null,
  };
}
