/** One row of an alert's evidence; `filePath` is the folder alone. */
export type EvidenceEntity = {
  entityType: string;
  evidenceCreationTime: string;
  sha1: string | null;
  sha256: string | null;
  fileName: string | null;
  filePath: string | null;
  processId: number | null;
  processCommandLine: string | null;
  processCreationTime: string | null;
  parentProcessId: number | null;
  parentProcessCreationTime: string | null;
  parentProcessFileName: string | null;
  parentProcessFilePath: string | null;
  ipAddress: string | null;
  url: string | null;
  registryKey: string | null;
  registryHive: string | null;
  registryValueType: string | null;
  registryValue: string | null;
  accountName: string | null;
  domainName: string | null;
  userSid: string | null;
  aadUserId: string | null;
  userPrincipalName: string | null;
  detectionStatus: string | null;
};

/** An alert as Defender for Endpoint answers it. */
export type AlertEntity = {
  id: string;
  incidentId: number;
  investigationId: number | null;
  assignedTo: string | null;
  severity: 'UnSpecified' | 'Informational' | 'Low' | 'Medium' | 'High';
  status: string;
  classification: string | null;
  determination: string | null;
  investigationState: string;
  detectionSource: string;
  detectorId: string | null;
  category: string;
  threatFamilyName: string | null;
  title: string;
  description: string;
  alertCreationTime: string;
  firstEventTime: string;
  lastEventTime: string;
  lastUpdateTime: string;
  resolvedTime: string | null;
  machineId: string | null;
  computerDnsName: string | null;
  rbacGroupName: string | null;
  aadTenantId: string;
  threatName: string | null;
  mitreTechniques: string[];
  relatedUser: { userName: string; domainName: string } | null;
  comments: { comment: string; createdBy: string; createdTime: string }[];
  evidence: EvidenceEntity[];
};

/** A file profile as /files answers it: hashes and signer, but neither name nor path. */
export type FileEntity = {
  sha1: string;
  sha256: string;
  md5: string;
  globalPrevalence: number;
  globalFirstObserved: string;
  globalLastObserved: string;
  size: number;
  fileType: string | null;
  isPeFile: boolean;
  filePublisher: string | null;
  fileProductName: string | null;
  signer: string | null;
  issuer: string | null;
  signerHash: string | null;
  isValidCertificate: boolean | null;
  determinationType: string;
  determinationValue: string | null;
};
