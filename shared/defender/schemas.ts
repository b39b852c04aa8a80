import * as z from 'zod';
import { DEFENDER_ID } from '../domain/alert.ts';

/** Text, or null where Defender gives none, an empty one, or something that is no text. */
const Text = z
  .string()
  .nullish()
  .catch(null)
  .transform((text) => (text === undefined || text === null || text.trim() === '' ? null : text));

/** A hash of that many hex digits in lower case; null for anything else, such as the text "none". */
function hash(digits: number) {
  return Text.transform((text) =>
    text !== null && new RegExp(`^[0-9a-f]{${digits}}$`, 'i').test(text) ? text.toLowerCase() : null,
  );
}

/** Rows of a list, null where there is none; what is no object in it is left out. */
const Rows = z
  .array(z.unknown())
  .nullish()
  .catch(null)
  .transform((rows) => (rows ?? []).filter(isObject));

function isObject(row: unknown): row is object {
  return typeof row === 'object' && row !== null;
}

const Texts = z
  .union([z.array(z.unknown()), z.string().transform((text) => [text])])
  .nullish()
  .catch(null)
  .transform((texts) => (texts ?? []).filter((text) => typeof text === 'string'));

const IncidentId = z
  .union([z.string(), z.number()])
  .nullish()
  .catch(null)
  .transform((id) => (id === null || id === undefined || id === '' ? null : String(id)));

const ProcessId = z
  .int()
  .nonnegative()
  .nullish()
  .catch(null)
  .transform((id) => id ?? null);

/** An alert (Defender: alert resource). */
export const AlertBody = z.object({
  id: z.string().min(1),
  incidentId: IncidentId,
  aadTenantId: Text,
  machineId: Text,
  severity: Text,
  title: Text,
  category: Text,
  detectionSource: Text,
  alertCreationTime: Text,
  evidence: Rows,
});

/** An alert in a list, whose id goes into further calls (Defender: list alerts). */
export const ListedAlertBody = AlertBody.extend({
  id: z.string().regex(DEFENDER_ID),
  status: Text,
  lastUpdateTime: Text,
});

/** The comments of an alert; without the field nobody knows whether there are any (Defender: alert resource). */
export const CommentedAlertBody = z.object({
  comments: z
    .array(z.unknown())
    .nullable()
    .transform((rows) => (rows ?? []).filter(isObject)),
});

/** The alert that an update answers, as far as it shows that Defender answered it. */
export const UpdatedAlertBody = z.object({ id: z.string().min(1) });

/** One comment on an alert. */
export const CommentBody = z.object({ comment: z.string(), createdBy: Text, createdTime: Text });

/** A row of an alert's evidence; `filePath` is the directory (Defender: alert evidence). */
export const EvidenceRow = z.object({
  entityType: Text,
  fileName: Text,
  filePath: Text,
  sha1: hash(40),
  sha256: hash(64),
  md5: hash(32),
  processCommandLine: Text,
  processId: ProcessId,
  parentProcessId: ProcessId,
});

/** A file's profile; it has hashes but no path (Defender: file resource). */
export const FileBody = z.object({
  sha1: hash(40),
  sha256: hash(64),
  md5: hash(32),
  size: z
    .number()
    .int()
    .nonnegative()
    .nullish()
    .catch(null)
    .transform((size) => size ?? null),
  signer: Text,
  filePublisher: Text,
});

/** A machine (Defender: machine resource). */
export const MachineBody = z.object({
  id: z.string().min(1),
  computerDnsName: Text,
  osPlatform: Text,
  machineTags: Texts,
  rbacGroupName: Text,
  healthStatus: Text,
  mergedIntoMachineId: Text,
});

/** A command of a machine action. */
export const ActionCommandBody = z.object({
  index: z.number().int().nonnegative().nullish().catch(null),
  commandStatus: Text,
  startTime: Text,
  endTime: Text,
  errors: Texts,
  command: z.object({ type: Text, params: Rows }).nullish().catch(null),
});

/** A parameter of a command. */
export const ParameterBody = z.object({ key: z.string(), value: z.string() });

/** A machine action; other kinds than live response lack much of it (Defender: machineAction resource). */
export const ActionBody = z.object({
  id: z.string().min(1),
  status: Text,
  machineId: Text,
  requestorComment: Text,
  requestor: Text,
  requestSource: Text,
  creationDateTimeUtc: Text,
  commands: Rows,
});

/** A file of the live response library (Defender: list library files). */
export const LibraryFileBody = z.object({
  fileName: z.string().min(1),
  sha256: hash(64),
  createdBy: Text,
  lastUpdatedTime: Text,
});

/** The answer with a result link; null or empty while there is none. */
export const LinkBody = z.object({ value: z.string().nullish() });

/** One page of a list. */
export const PageBody = z.object({
  value: z.array(z.unknown()),
  '@odata.nextLink': z.string().nullish(),
});
