import { createHash } from 'node:crypto';
import { formatTicks } from '../../local/simulator/defender-time.ts';
import { defaultScenario } from '../../local/simulator/default-scenario.ts';
import {
  makeAlert,
  makeAlertId,
  makeEvidence,
  makeMachine,
  makeRelatedFile,
} from '../../local/simulator/make-entities.ts';
import { generatedContent } from '../../local/simulator/results/generated-content.ts';
import type { Scenario, ScenarioAlert, ScenarioMachine } from '../../local/simulator/scenario.ts';
import { recordWindows } from '../../local/start/record-windows.ts';

/**
 * What the app is told that it may do, and beyond which the simulator refuses: live responses in a minute and at a time,
 * and calls of every other API, wide enough that minutes can stand for hours.
 */
export const QUOTAS = { startsPerMinute: 15, sessions: 12, callsPerMinute: 1_000, callsPerHour: 36_000 };

const MIB = 1024 * 1024;

/** An alert on a machine of its own, and the archive that its machine has and no other. */
export interface Target {
  readonly alertId: string;
  readonly machineId: string;
  readonly archive: { readonly bytes: number; readonly seed: string };
}

/** That many alerts, each on a machine of its own. */
export function makeTargets(alerts: number, now: Date): readonly Target[] {
  return Array.from({ length: alerts }, (_, index) => ({
    alertId: makeAlertId(new Date(now.getTime() - 60_000 + index), index + 1),
    machineId: createHash('sha1').update(`chaos ${index}`).digest('hex'),
    // Every fifth archive is of several blocks, so that a copy can be cut in its middle.
    archive: { bytes: index % 5 === 0 ? 9 * MIB + index : 200_000 + index, seed: `chaos ${index}` },
  }));
}

/** A tenant of those machines and alerts, quick, with the quotas of live response that the app is told. */
export function makeScenario(targets: readonly Target[], now: Date): Scenario {
  const basis = defaultScenario({
    files: [],
    now,
    timings: { visibilityLagMs: 2_000, pendingMs: 1_000, betweenPollsMs: 200, commandMs: 200, cancelMs: 500 },
    limits: { ...QUOTAS, runsPerMinute: QUOTAS.startsPerMinute },
  });
  const machines = targets.map(makeTarget);
  return {
    ...basis,
    machines,
    alerts: targets.map((target, index) => makeTargetAlert(target, index, basis.tenantId, now)),
  };
}

/** The SHA-256 of a target's archive as it is on its machine. */
export async function hashArchive({ archive }: Target): Promise<string> {
  const content = generatedContent(archive.bytes, archive.seed);
  const hash = createHash('sha256');
  for await (const piece of content.read(0, content.lengthBytes)) hash.update(piece);
  return hash.digest('hex');
}

function makeTarget({ machineId, archive }: Target, index: number): ScenarioMachine {
  const entity = makeMachine({ id: machineId, osPlatform: 'Windows11', computerDnsName: `chaos-${index}.contoso.com` });
  const recording = { ...recordWindows(), anyFile: { content: { generated: archive }, gzip: true } };
  return { kind: 'recorded', entity, recording };
}

function makeTargetAlert(target: Target, index: number, tenantId: string, now: Date): ScenarioAlert {
  const time = formatTicks(now.getTime() - 60_000, 0);
  const hashOf = (algorithm: string): string => createHash(algorithm).update(target.archive.seed).digest('hex');
  const file = { sha1: hashOf('sha1'), sha256: hashOf('sha256'), md5: hashOf('md5'), sizeBytes: 4_096 };
  const row = makeEvidence({
    ...{ entityType: 'File', evidenceCreationTime: time, sha1: file.sha1, sha256: file.sha256 },
    ...{ fileName: `dropped-${index}.dll`, filePath: 'c:\\temp' },
  });
  const machine = { id: target.machineId, computerDnsName: `chaos-${index}.contoso.com` };
  const entity = makeAlert(machine, {
    ...{ id: target.alertId, alertCreationTime: time, aadTenantId: tenantId, evidence: [row] },
    severity: (['Low', 'Medium', 'High'] as const)[index % 3] ?? 'Low',
    title: 'Suspicious library loaded',
  });
  return { entity, relatedFiles: [makeRelatedFile(file, time)] };
}
