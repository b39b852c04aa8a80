import * as z from 'zod';
import { DEFENDER_ID, readSeverity } from '../domain/alert.ts';
import type { Asked } from '../domain/asked.ts';
import { fitFiles, isPath, MOST_FILES } from './fit-files.ts';
import { type ItemReading, refuse, take } from './item-reading.ts';

const id = z.string().trim().regex(DEFENDER_ID);
/** Connectors send an empty text for a machine that an alert lacks. */
const machineId = z
  .union([z.literal('').transform(() => null), id.transform((value) => value.toLowerCase())])
  .nullish();
const severity = z.string().nullish().catch(null);

/** The id of a profile, as its file has it. */
export const profileId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/);

/** Full paths of files on the machine, all of which a row has room for. */
export const files = z
  .array(z.string().refine(isPath))
  .max(MOST_FILES)
  .refine((paths) => fitFiles(paths).length === paths.length);

/** The plain payload: `{ alertId, machineId?, profile?, files? }`. */
const plain = z.object({ alertId: id, machineId, severity, profile: profileId.nullish(), files: files.nullish() });

/** The Defender connector's webhook and Defender's own alert resource: both name the alert `id`. */
const connector = z.object({ id, machineId, severity });

const ID_RULE = 'is not one of Defender: letters, digits, dash and underscore, at most 128.';
const FAULTS: Readonly<Record<string, string>> = {
  alertId: `Its alert id ${ID_RULE}`,
  id: `Its alert id ${ID_RULE}`,
  machineId: `Its machine id ${ID_RULE}`,
  profile: 'Its profile is not the id of one: lower-case letters, digits and dashes.',
  files: `Its files are not a list of at most ${MOST_FILES} full paths of 1,000 visible characters each, 4,000 in all.`,
};

/** What is wrong with a field, in a sentence. */
export function describeFault(field: PropertyKey | undefined): string {
  return FAULTS[String(field)] ?? 'It is not what is asked for.';
}

/** The plain payload, and what else names its alert `alertId`. */
export function readPlain(item: object): ItemReading | null {
  if (!('alertId' in item)) return null;
  const read = plain.safeParse(item);
  if (!read.success) return refuse(describeFault(read.error.issues[0]?.path[0]));
  const { alertId, profile = null, files: paths } = read.data;
  const asked: Asked = { about: 'alert', machineName: null, profileId: profile, files: paths ?? [] };
  const isMore = asked.profileId !== null || asked.files.length > 0;
  return take([{ alertId, ...describe(read.data), ...(isMore ? { asked } : {}) }]);
}

/** The Defender connector's payload, and Defender's own alert. */
export function readConnector(item: object): ItemReading | null {
  if (!('id' in item)) return null;
  const read = connector.safeParse(item);
  if (!read.success) return refuse(describeFault(read.error.issues[0]?.path[0]));
  return take([{ alertId: read.data.id, ...describe(read.data) }]);
}

function describe(read: { machineId?: string | null | undefined; severity?: string | null | undefined }) {
  const hint = read.severity ?? null;
  return { machineId: read.machineId ?? null, severity: hint === null ? null : readSeverity(hint) };
}
