import { createHash } from 'node:crypto';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Machine } from '../../../shared/domain/machine.ts';
import type { AlertPlan, MachinePlan } from '../scenario.ts';
import { current, type PlayedAction } from './played-action.ts';

/** What every result link and every foreign fault carries, and nothing of ours may ever hold. */
export const PLANTED_SECRET = 'PLANTEDSECRET0123456789';

/** The alert as Defender tells of it. */
export function describeAlert(plan: AlertPlan, machine: MachinePlan): Alert {
  return {
    id: plan.id,
    incidentId: '7',
    tenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
    machineId: machine.id,
    severity: plan.severity,
    title: 'Suspicious execution',
    category: 'Execution',
    detectionSource: 'WindowsDefenderAtp',
    createdAt: '2026-11-20T07:59:00.000Z',
    files: plan.files.map((path) => ({
      path,
      sha1: null,
      sha256: createHash('sha256').update(path).digest('hex'),
      md5: null,
      sizeBytes: 100,
    })),
  };
}

/** The machine as Defender tells of it. */
export function describeMachine({ id, system }: MachinePlan): Machine {
  return {
    id,
    name: `${id.slice(0, 6)}.example.com`,
    osPlatform: system === 'linux' ? 'Linux' : 'Windows11',
    operatingSystem: system,
    tags: [],
    group: null,
    healthStatus: 'Active',
    mergedInto: null,
  };
}

/** The result of a command: always the same bytes for the same action and index, and other ones for every other. */
export function makeResult(action: PlayedAction, index: number): Buffer {
  const command = action.request.commands[index];
  const name = `${action.id} ${index} of ${action.request.comment}`;
  if (command?.type === 'RunScript') {
    const failed = current(action).commands[index]?.status === 'Failed';
    return Buffer.from(
      JSON.stringify({
        script_name: command.scriptName,
        exit_code: failed ? 1 : 0,
        script_output: `This is ${name}.`,
        script_errors: '',
      }),
    );
  }
  return Buffer.from(`${name}\n`.repeat(20));
}
