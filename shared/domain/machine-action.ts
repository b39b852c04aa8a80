import type { Command } from './command.ts';

/** Statuses of a machine action, in Defender's casing (Defender: machineAction resource). */
export const ACTION_STATUSES = ['Pending', 'InProgress', 'Succeeded', 'Failed', 'TimeOut', 'Cancelled'] as const;

/** One status of a machine action. */
export type ActionStatus = (typeof ACTION_STATUSES)[number];

/** How far one command of a machine action has come. */
export interface ActionCommand {
  readonly index: number;
  readonly status: 'Created' | 'Completed' | 'Failed';
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly errors: readonly string[];
  readonly type: string;
  /** What it was given, by the key in lower case; empty where Defender names none. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A machine action as Defender reports it. */
export interface MachineAction {
  readonly id: string;
  readonly status: ActionStatus;
  readonly machineId: string;
  readonly comment: string;
  readonly requestor: string | null;
  readonly requestSource: string | null;
  readonly createdAt: string | null;
  readonly commands: readonly ActionCommand[];
}

/** What is sent to start a live response. */
export interface LiveResponseRequest {
  readonly machineId: string;
  readonly comment: string;
  readonly commands: readonly Command[];
}

/** Which try of which session of which collection an action is: what its `Comment` carries. */
export interface AttemptName {
  readonly collectionId: string;
  readonly session: number;
  readonly attempt: number;
}

const COMMENT = /^Evidence Collector ([0-9a-f]{32}(?:-r\d{1,3})?)\/(\d{1,3})\/(\d{1,4})$/;

/** The `Comment` that names an attempt, by which a lost answer is found again. */
export function writeComment(name: AttemptName): string {
  return `Evidence Collector ${name.collectionId}/${name.session}/${name.attempt}`;
}

/** The attempt that a `Comment` names, null when it is not one of ours. */
export function readComment(comment: string): AttemptName | null {
  const found = COMMENT.exec(comment);
  const [, collectionId, session, attempt] = found ?? [];
  if (collectionId === undefined || session === undefined || attempt === undefined) return null;
  return { collectionId, session: Number(session), attempt: Number(attempt) };
}

/** Whether an action can still change: `open` while pending or in progress, `final` after. */
export function phaseOf(status: ActionStatus): 'open' | 'final' {
  switch (status) {
    case 'Pending':
    case 'InProgress':
      return 'open';
    case 'Succeeded':
    case 'Failed':
    case 'TimeOut':
    case 'Cancelled':
      return 'final';
    default: {
      const unknown: never = status;
      throw new Error(`Unknown action status ${String(unknown)}.`);
    }
  }
}
