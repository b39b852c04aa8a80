import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import type { AlertEntity, EvidenceEntity } from './alert-entity.ts';
import { linux, phone, windows } from './default-machines.ts';
import { formatTicks } from './defender-time.ts';
import type { DescribedFile } from './describe-file.ts';
import { makeAlert, makeAlertId, makeEvidence, makeRelatedFile } from './make-entities.ts';
import type { ScenarioAlert } from './scenario.ts';

/** The tenant of the default scenario. */
export const tenantId = 'a839b112-1253-6432-9bf6-94542403f21c';

/** Makes the alerts of the default scenario, each a few seconds after the one before, all within the minute before now. */
export function defaultAlerts(now: Date, files: readonly DescribedFile[]): ScenarioAlert[] {
  return [linuxAlert(now, files), windowsAlert(now), alertWithoutMachine(now), phoneAlert(now)];
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
