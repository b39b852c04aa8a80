import type { Alert } from '../../shared/domain/alert.ts';
import type { Machine } from '../../shared/domain/machine.ts';
import type { MachineAction } from '../../shared/domain/machine-action.ts';
import type { Profile } from '../../shared/domain/profile.ts';

export const ALERT_ID = 'da637472900382838869_1364969609';
export const MACHINE_ID = '111e6dd8c833c8a052ea231ec1b19adaf497b625';

export const alert: Alert = {
  id: ALERT_ID,
  incidentId: '1126093',
  tenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
  machineId: MACHINE_ID,
  severity: 'High',
  title: 'Suspicious execution',
  category: 'Execution',
  detectionSource: 'WindowsDefenderAtp',
  createdAt: '2026-11-20T08:00:00.000Z',
  files: [{ path: '/usr/local/bin/kdevtmpfsi', sha1: null, sha256: 'd'.repeat(64), md5: null, sizeBytes: 113_984 }],
};

export const machine: Machine = {
  id: MACHINE_ID,
  name: 'web-01.contoso.com',
  osPlatform: 'Linux',
  operatingSystem: 'linux',
  tags: ['web'],
  group: 'Servers',
  healthStatus: 'Active',
  mergedInto: null,
};

export const profile: Profile = {
  id: 'linux-triage',
  title: 'Linux triage',
  description: 'What a triage takes.',
  author: 'A test',
  level: 'medium',
  tags: [],
  order: 9000,
  when: { operatingSystem: 'linux' },
  collect: {
    run: [
      {
        script: 'evidence-triage.sh',
        archive: 'evidence.tar.gz',
        limits: { bytes: 52_428_800, seconds: 300, files: 40 },
      },
    ],
  },
  tests: [],
  sha256: 'a'.repeat(64),
};

/** A machine action as Defender would report it, with the status of each command in order. */
export function makeAction(
  id: string,
  comment: string,
  status: MachineAction['status'],
  commands: readonly (readonly [type: string, status: 'Created' | 'Completed' | 'Failed', error?: string])[],
): MachineAction {
  return {
    id,
    status,
    machineId: MACHINE_ID,
    comment,
    requestor: 'collector',
    requestSource: 'PublicApi',
    createdAt: '2026-11-20T08:00:05.000Z',
    commands: commands.map(([type, commandStatus, error], index) => ({
      index,
      type,
      parameters: {},
      status: commandStatus,
      startedAt: null,
      endedAt: null,
      errors: error === undefined ? [] : [error],
    })),
  };
}
