import { createHash } from 'node:crypto';
import { recordWindows } from '../start/record-windows.ts';
import { tenantId } from './default-alerts.ts';
import { formatTicks } from './defender-time.ts';
import { documentedLimits } from './limits.ts';
import { makeAlert, makeAlertId, makeEvidence, makeMachine, makeRelatedFile } from './make-entities.ts';
import type { MachineEntity } from './machines.ts';
import type { Limits, Recording, Scenario, ScenarioAlert, ScenarioMachine, Timings } from './scenario.ts';
import type { Switches } from './switches.ts';
import { observedTimings } from './timings.ts';

/**
 * A load: that many recorded Windows machines with `alertsPerMachine` alerts on each (1), whose severities go round.
 * `commandMs` is what each script and file takes, a number or one by the machine's number; the first `offline` machines
 * (0) never come online. `resultBytes` is the length of what GetFile brings (10,000), before it is packed.
 */
export type Load = {
  machines: number;
  alertsPerMachine?: number;
  commandMs?: number | ((machine: number) => number);
  offline?: number;
  resultBytes?: number;
  now?: Date;
  limits?: Partial<Limits>;
  timings?: Partial<Timings>;
  switches?: Partial<Switches>;
  faults?: Scenario['faults'];
};

const severities = ['High', 'Medium', 'Low', 'Informational'] as const;

/** Makes a tenant for load tests: the observed times of a real one, 25 sessions, and results as the triage script leaves them. */
export function loadScenario(load: Load): Scenario {
  const now = load.now ?? new Date();
  const numbers = Array.from({ length: load.machines }, (_, number) => number);
  const machines = numbers.map((number) => makeLoadMachine(number, load));
  const alerts = numbers.flatMap((number) =>
    Array.from({ length: load.alertsPerMachine ?? 1 }, (_, turn) =>
      makeLoadAlert(machines[number]?.entity ?? null, turn * load.machines + number, now),
    ),
  );
  return {
    tenantId,
    appName: 'Evidence Collector',
    appId: '5f0c2d7e-8b1a-4c3d-9e6f-0a1b2c3d4e5f',
    limits: { ...documentedLimits, sessions: 25, ...load.limits },
    timings: { ...observedTimings, tokenLifetimeMs: 30 * 86_400_000, ...load.timings },
    nonZeroExit: 'Completed',
    machines,
    alerts,
    libraryFiles: [],
    faults: load.faults ?? [],
    switches: load.switches ?? {},
  };
}

function makeLoadMachine(number: number, load: Load): ScenarioMachine {
  const entity = makeMachine({
    id: createHash('sha1').update(`load machine ${number}`).digest('hex'),
    osPlatform: 'Windows11',
    computerDnsName: `pc-${String(number).padStart(5, '0')}.contoso.com`,
  });
  if (number < (load.offline ?? 0)) return { kind: 'offline', entity };
  return { kind: 'recorded', entity, recording: recordLoad(number, load) };
}

function recordLoad(number: number, { commandMs, resultBytes }: Load): Recording {
  const { scripts, files, anyFile } = recordWindows();
  const takesMs = typeof commandMs === 'function' ? commandMs(number) : commandMs;
  const taking = takesMs === undefined ? {} : { takesMs };
  const timed = Object.entries(scripts).map(([name, script]) => [name, { ...script, ...taking }]);
  const content = { generated: { bytes: resultBytes ?? 10_000, seed: `load ${number}` } };
  const brought = anyFile === undefined || 'failure' in anyFile ? { content, gzip: true } : { ...anyFile, content };
  return { scripts: Object.fromEntries(timed), files, anyFile: { ...brought, ...taking } };
}

function makeLoadAlert(machine: MachineEntity | null, number: number, now: Date): ScenarioAlert {
  const createdAt = new Date(now.getTime() - 60_000 + number);
  const time = formatTicks(createdAt.getTime(), 1234);
  const hash = (algorithm: string): string => createHash(algorithm).update(`load file ${number}`).digest('hex');
  const file = { sha1: hash('sha1'), sha256: hash('sha256'), md5: hash('md5'), sizeBytes: 113_984 };
  const { sha1, sha256 } = file;
  const row = {
    evidenceCreationTime: time,
    sha1,
    sha256,
    fileName: `svc-${number}.exe`,
    filePath: 'C:\\Users\\Public',
  };
  const entity = makeAlert(machine, {
    id: makeAlertId(createdAt, 1_000_000_000 + number),
    severity: severities[number % severities.length] ?? 'Medium',
    title: `Suspicious service number ${number}`,
    alertCreationTime: time,
    aadTenantId: tenantId,
    evidence: [makeEvidence({ ...row, entityType: 'File' })],
  });
  return { entity, relatedFiles: [makeRelatedFile(file, time)] };
}
