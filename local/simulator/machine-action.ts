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

/** A machine action as the API answers it, with the fields that only real answers show. */
export type MachineActionEntity = {
  id: string;
  /** LiveResponse, CollectInvestigationPackage, or any other that a scenario begins with. */
  type: string;
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
  requestSource: string;
  relatedFileInfo: unknown;
  commands: CommandEntity[];
  troubleshootInfo: unknown;
};

/** What an action looked like from a time on, in ms since 1970. */
export type ActionView = { sinceMs: number; entity: MachineActionEntity };

/** An action with what the API does not show: its commands as parsed, its results by index, what it looked like before. */
export type StoredAction = {
  entity: MachineActionEntity;
  commands: readonly Command[];
  createdAtMs: number;
  resultPaths: Map<number, string>;
  views: ActionView[];
  /** How often it was looked for, by id or in a list. */
  reads: number;
};

/** The actions by id, oldest first, and the results of their commands by blob path. */
export type ActionStore = { actions: Map<string, StoredAction>; results: Results };

/** Puts an action into the store, as it looks now. */
export function storeAction(
  store: ActionStore,
  entity: MachineActionEntity,
  commands: readonly Command[],
  nowMs: number,
): StoredAction {
  const action: StoredAction = { entity, commands, createdAtMs: nowMs, resultPaths: new Map(), views: [], reads: 0 };
  store.actions.set(entity.id, action);
  keepView(action, nowMs);
  return action;
}

/** Notes what an action looks like now; to be called after each change of it. */
export function keepView(action: StoredAction, nowMs: number): void {
  action.views.push({ sinceMs: nowMs, entity: structuredClone(action.entity) });
}

/** Tells whether an action's status can still change. */
export function isOpen(action: StoredAction): boolean {
  return action.entity.status === 'Pending' || action.entity.status === 'InProgress';
}

/** Makes the entity of an action that was just accepted. */
export function createAction(of: {
  id: string;
  type: 'LiveResponse' | 'CollectInvestigationPackage';
  machine: MachineEntity;
  commands: readonly CommandEntity['command'][];
  comment: string;
  requestor: string;
  createdAt: string;
}): MachineActionEntity {
  return {
    id: of.id,
    type: of.type,
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
