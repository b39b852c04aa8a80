import {
  ACTION_STATUSES,
  type ActionCommand,
  type ActionStatus,
  type MachineAction,
} from '../domain/machine-action.ts';
import { cleanMessage } from './clean-message.ts';
import type { Effect } from './errors.ts';
import type { EndpointName } from './permissions.ts';
import { readBody } from './read-body.ts';
import { ActionBody, ActionCommandBody, ParameterBody } from './schemas.ts';

/** A machine action as Defender reports it; throws DefenderError `UnreadableAnswer` when it has no usable id. */
export function readAction(
  json: unknown,
  endpoint: EndpointName,
  status: number,
  effect: Effect = 'none',
): MachineAction {
  const body = readBody(ActionBody, json, endpoint, status, effect);
  return {
    id: body.id,
    status: readStatus(body.status),
    machineId: body.machineId ?? '',
    comment: body.requestorComment ?? '',
    requestor: body.requestor,
    requestSource: body.requestSource,
    createdAt: body.creationDateTimeUtc,
    commands: body.commands.flatMap(readCommand),
  };
}

/** A status without a name here is taken as still running: an action that is left out, or taken as ended, could be started twice. */
function readStatus(name: string | null): ActionStatus {
  const wanted = name?.toLowerCase() ?? 'pending';
  return ACTION_STATUSES.find((status) => status.toLowerCase() === wanted) ?? 'InProgress';
}

function readCommand(row: unknown, position: number): ActionCommand[] {
  const read = ActionCommandBody.safeParse(row);
  if (!read.success) return [];
  const { index, commandStatus, startTime, endTime, errors, command } = read.data;
  return [
    {
      index: index ?? position,
      status: readCommandStatus(commandStatus),
      startedAt: startTime,
      endedAt: endTime,
      errors: errors.slice(0, 5).map((error) => cleanMessage(error)),
      type: command?.type ?? '',
      parameters: readParameters(command?.params ?? []),
    },
  ];
}

/** Documented are Created, Completed and Failed; any other word means that the command has not ended. */
function readCommandStatus(name: string | null): ActionCommand['status'] {
  switch (name?.toLowerCase()) {
    case 'completed':
      return 'Completed';
    case 'failed':
      return 'Failed';
    default:
      return 'Created';
  }
}

function readParameters(rows: readonly object[]): Readonly<Record<string, string>> {
  const parameters: Record<string, string> = {};
  for (const row of rows) {
    const read = ParameterBody.safeParse(row);
    if (read.success) parameters[read.data.key.toLowerCase()] = read.data.value;
  }
  return parameters;
}
