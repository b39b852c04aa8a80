import type { AlertEntity, EvidenceEntity, FileEntity } from './alert-entity.ts';
import type { DescribedFile } from './describe-file.ts';
import type { MachineEntity } from './machines.ts';

const ticksAt1970 = 621_355_968_000_000_000n;

/** Makes an alert id in Defender's form: `da`, the creation time in .NET ticks, and a signed number. */
export function makeAlertId(createdAt: Date, number: number): string {
  return `da${ticksAt1970 + BigInt(createdAt.getTime()) * 10_000n + 7219n}_${number}`;
}

/** Makes a machine of the given id, platform and name; everything else is as of an active machine, unless given. */
export function makeMachine(
  given: Pick<MachineEntity, 'id' | 'osPlatform' | 'computerDnsName'> & Partial<MachineEntity>,
): MachineEntity {
  return {
    mergedIntoMachineId: null,
    isPotentialDuplication: false,
    isExcluded: false,
    exclusionReason: null,
    firstSeen: '2026-01-20T20:02:18.5451725Z',
    lastSeen: '2026-01-20T20:07:42.6424861Z',
    osProcessor: 'x64',
    version: 'Other',
    lastIpAddress: '192.168.51.128',
    lastExternalIpAddress: '203.0.113.106',
    agentVersion: '30.125032.0.0',
    osBuild: null,
    healthStatus: 'Active',
    deviceValue: 'Normal',
    rbacGroupId: 0,
    rbacGroupName: null,
    riskScore: 'High',
    exposureLevel: 'Medium',
    isAadJoined: false,
    aadDeviceId: null,
    machineTags: [],
    onboardingStatus: 'Onboarded',
    osArchitecture: '64-bit',
    managedBy: 'Unknown',
    managedByStatus: 'Unknown',
    ipAddresses: [
      { ipAddress: '192.168.51.128', macAddress: '000C29897942', type: 'Ethernet', operationalStatus: 'Up' },
    ],
    vmMetadata: null,
    ...given,
  };
}

/** Makes an alert of a machine (null for none); everything else is as of a new alert, unless given. */
export function makeAlert(
  machine: Pick<MachineEntity, 'id' | 'computerDnsName'> | null,
  given: Pick<AlertEntity, 'id' | 'severity' | 'title' | 'alertCreationTime' | 'aadTenantId'> & Partial<AlertEntity>,
): AlertEntity {
  const time = given.alertCreationTime;
  return {
    incidentId: 1126093,
    investigationId: null,
    assignedTo: null,
    status: 'New',
    classification: null,
    determination: null,
    investigationState: 'Queued',
    detectionSource: 'WindowsDefenderAtp',
    detectorId: '17e10bbc-3a68-474a-8aad-faef14d43952',
    category: 'Execution',
    threatFamilyName: null,
    description: `${given.title}.`,
    firstEventTime: time,
    lastEventTime: time,
    lastUpdateTime: time,
    resolvedTime: null,
    machineId: machine?.id ?? null,
    computerDnsName: machine?.computerDnsName ?? null,
    rbacGroupName: null,
    threatName: null,
    mitreTechniques: [],
    relatedUser: null,
    comments: [],
    evidence: [],
    ...given,
  };
}

/** Makes a row of evidence; every property that is not given is null. */
export function makeEvidence(
  given: Pick<EvidenceEntity, 'entityType' | 'evidenceCreationTime'> & Partial<EvidenceEntity>,
): EvidenceEntity {
  return {
    sha1: null,
    sha256: null,
    fileName: null,
    filePath: null,
    processId: null,
    processCommandLine: null,
    processCreationTime: null,
    parentProcessId: null,
    parentProcessCreationTime: null,
    parentProcessFileName: null,
    parentProcessFilePath: null,
    ipAddress: null,
    url: null,
    registryKey: null,
    registryHive: null,
    registryValueType: null,
    registryValue: null,
    accountName: null,
    domainName: null,
    userSid: null,
    aadUserId: null,
    userPrincipalName: null,
    detectionStatus: 'Detected',
    ...given,
  };
}

/** Makes the profile that /files answers for a file. */
export function makeRelatedFile(file: Omit<DescribedFile, 'path'>, observedAt: string): FileEntity {
  return {
    sha1: file.sha1,
    sha256: file.sha256,
    md5: file.md5,
    globalPrevalence: 1,
    globalFirstObserved: observedAt,
    globalLastObserved: observedAt,
    size: file.sizeBytes,
    fileType: null,
    isPeFile: false,
    filePublisher: null,
    fileProductName: null,
    signer: null,
    issuer: null,
    signerHash: null,
    isValidCertificate: null,
    determinationType: 'Unknown',
    determinationValue: null,
  };
}
