import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { AlertEntity, EvidenceEntity } from './alert-entity.ts';
import { formatTicks } from './defender-time.ts';
import type { DescribedFile } from './describe-file.ts';
import { makeAlert, makeAlertId, makeEvidence, makeMachine, makeRelatedFile } from './make-entities.ts';
import type { Limits, Recording, Scenario, ScenarioAlert, ScenarioLibraryFile, Timings } from './scenario.ts';

/** What may differ from the default; `files` are files of this computer that the Linux alert is about. */
export type DefaultScenarioOptions = {
  files: readonly DescribedFile[];
  now?: Date;
  windows?: Recording;
  libraryFiles?: readonly ScenarioLibraryFile[];
  timings?: Partial<Timings>;
  limits?: Partial<Limits>;
};

const tenantId = 'a839b112-1253-6432-9bf6-94542403f21c';
const second = 1000;
const day = 86_400 * second;

/** Seconds in place of the minutes of a real tenant, and a token that outlives a long session of work. */
const timings: Timings = {
  visibilityLagMs: 2 * second,
  pendingMs: 3 * second,
  betweenPollsMs: second,
  commandMs: second,
  cancelMs: 2 * second,
  queueMs: 7200 * second,
  scriptTimeoutMs: 600 * second,
  linkLifetimeMs: 1800 * second,
  tokenLifetimeMs: 30 * day,
};

const limits: Limits = { runsPerMinute: 10, callsPerMinute: 100, callsPerHour: 1500, sessions: 50, pageSize: 10_000 };

const linux = makeMachine({
  id: '4c07a6c1e0d5b2f39a8e71645d20c3fb9e8a1d72',
  osPlatform: 'Linux',
  computerDnsName: 'web-04.contoso.com',
  machineTags: ['dmz'],
});
const windows = makeMachine({
  id: '1e5bc9d7e413ddd7902c2932e418702b84d0cc07',
  osPlatform: 'Windows11',
  computerDnsName: 'johns-work-computer',
  version: '22H2',
  osBuild: 22621,
  agentVersion: '10.8750.22621.3527',
  isAadJoined: true,
});
const phone = makeMachine({
  id: '9d3f0b6a27c14e85f1b09c6d7e2a48310fd5c6b4',
  osPlatform: 'Android',
  computerDnsName: 'annas-phone',
  version: '15.0',
});

const recording: Recording = {
  scripts: {
    'minidump.ps1': { exitCode: 0, output: 'C:\\windows\\TEMP\\OfficeClickToRun.dmp.zip\n51 MB', errors: '' },
  },
  files: {},
  anyFile: { content: { generated: { bytes: 300_000, seed: 'windows' } }, gzip: true },
};

const libraryFiles: readonly ScenarioLibraryFile[] = [
  {
    fileName: 'minidump.ps1',
    text: 'param([string] $ProcessName)\nWrite-Output "Dumping $ProcessName"\n',
    description: 'Process memory dump',
    creationTime: '2026-01-12T10:54:23.2009016Z',
    createdBy: 'admin@contoso.com',
    hasParameters: true,
    parametersDescription: 'Name of the process',
  },
];

/**
 * Makes the scenario of `npm start`. Alerts in this order: High on the Linux machine that executes, Medium on the
 * recorded Windows machine, Low without a machine, Medium on a phone, where no live response is possible.
 */
export function defaultScenario(options: DefaultScenarioOptions): Scenario {
  const now = options.now ?? new Date();
  return {
    tenantId,
    appName: 'Evidence Collector',
    appId: '5f0c2d7e-8b1a-4c3d-9e6f-0a1b2c3d4e5f',
    limits: { ...limits, ...options.limits },
    timings: { ...timings, ...options.timings },
    nonZeroExit: 'Completed',
    machines: [
      { kind: 'executes', entity: linux },
      { kind: 'recorded', entity: windows, recording: options.windows ?? recording },
      { kind: 'unsupported', entity: phone },
    ],
    alerts: [linuxAlert(now, options.files), windowsAlert(now), alertWithoutMachine(now), phoneAlert(now)],
    libraryFiles: options.libraryFiles ?? libraryFiles,
    faults: [],
  };
}

function linuxAlert(now: Date, files: readonly DescribedFile[]): ScenarioAlert {
  const createdAt = new Date(now.getTime() - 60_000);
  const time = formatTicks(createdAt.getTime(), 4200);
  const rowOf = (file: DescribedFile, entityType: string): EvidenceEntity => {
    const { sha1, sha256 } = file;
    const [fileName, filePath] = [basename(file.path), dirname(file.path)];
    return makeEvidence({ entityType, evidenceCreationTime: time, sha1, sha256, fileName, filePath });
  };
  const started = files.slice(0, 1).map((file) => ({
    ...rowOf(file, 'Process'),
    processId: 3300,
    processCommandLine: file.path,
    processCreationTime: time,
    accountName: 'www-data',
  }));
  const evidence = [
    ...files.map((file) => rowOf(file, 'File')),
    ...started,
    makeEvidence({ entityType: 'Process', evidenceCreationTime: time, processId: 3312, sha256: 'none' }),
    makeEvidence({ entityType: 'User', evidenceCreationTime: time, accountName: 'www-data', domainName: 'web-04' }),
    makeEvidence({ entityType: 'Ip', evidenceCreationTime: time, ipAddress: '198.51.100.23' }),
  ];
  const entity = makeAlert(linux, {
    ...identity(createdAt, 1364969609, time),
    severity: 'High',
    title: 'Suspicious file dropped and launched from a web server',
    mitreTechniques: ['T1505.003'],
    relatedUser: { userName: 'www-data', domainName: 'web-04' },
    evidence,
  });
  return { entity, relatedFiles: files.map((file) => makeRelatedFile(file, time)) };
}

function windowsAlert(now: Date): ScenarioAlert {
  const createdAt = new Date(now.getTime() - 50_000);
  const time = formatTicks(createdAt.getTime(), 8170);
  const hash = (algorithm: string): string => createHash(algorithm).update('suspicious.dll').digest('hex');
  const file = { sha1: hash('sha1'), sha256: hash('sha256'), md5: hash('md5'), sizeBytes: 113_984 };
  const row = { evidenceCreationTime: time, sha1: file.sha1, sha256: file.sha256 };
  const entity = makeAlert(windows, {
    ...identity(createdAt, -1180534512, time),
    severity: 'Medium',
    title: 'Suspicious library loaded',
    mitreTechniques: ['T1574.002'],
    evidence: [
      makeEvidence({ ...row, entityType: 'File', fileName: 'suspicious.dll', filePath: 'c:\\temp' }),
      makeEvidence({ ...row, entityType: 'File', fileName: 'Suspicious.dll', filePath: 'C:\\Temp' }),
      makeEvidence({ ...row, entityType: 'File', fileName: null, filePath: null }),
    ],
  });
  return { entity, relatedFiles: [makeRelatedFile(file, time)] };
}

function alertWithoutMachine(now: Date): ScenarioAlert {
  const createdAt = new Date(now.getTime() - 40_000);
  const time = formatTicks(createdAt.getTime(), 15);
  const title = 'Sign-in from an unfamiliar place';
  return {
    entity: makeAlert(null, { ...identity(createdAt, 756343937, time), severity: 'Low', title }),
    relatedFiles: [],
  };
}

function phoneAlert(now: Date): ScenarioAlert {
  const createdAt = new Date(now.getTime() - 30_000);
  const time = formatTicks(createdAt.getTime(), 6300);
  const title = 'Malicious app installed';
  const entity = makeAlert(phone, { ...identity(createdAt, 2136280442, time), severity: 'Medium', title });
  return { entity, relatedFiles: [] };
}

function identity(
  createdAt: Date,
  number: number,
  time: string,
): Pick<AlertEntity, 'id' | 'alertCreationTime' | 'aadTenantId'> {
  return { id: makeAlertId(createdAt, number), alertCreationTime: time, aadTenantId: tenantId };
}
