import * as z from 'zod';
import { type AlertReference, readSeverity, SEVERITIES } from '../domain/alert.ts';
import { isMachineName } from './machine-name.ts';
import { describeFault, files, profileId } from './read-plain.ts';

/** A collection that is asked for by hand, or the sentence that says what is wrong with the request. */
export type CollectionRequest =
  | { readonly outcome: 'request'; readonly reference: AlertReference }
  | { readonly outcome: 'wrong'; readonly code: 'no-key' | 'wrong-order'; readonly why: string };

const KEY = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
const SEVERITY_NAMES: readonly string[] = SEVERITIES.map((severity) => severity.toLowerCase());

const schema = z.object({
  machineId: z
    .string()
    .trim()
    .regex(/^[0-9a-f]{40}$/i)
    .transform((id) => id.toLowerCase())
    .nullish(),
  machineName: z.string().trim().refine(isMachineName).nullish(),
  profile: profileId.nullish(),
  files: files.nullish(),
  /** Who waits for it wants it before what nobody has looked at. */
  severity: z
    .string()
    .refine((name) => SEVERITY_NAMES.includes(name.toLowerCase()))
    .default('Medium'),
  idempotencyKey: z.string().nullish(),
});

const FAULTS: Readonly<Record<string, string>> = {
  machineId: 'Its machineId is not the 40 hex digits that Defender names a machine by.',
  machineName: 'Its machineName is not the name or the DNS name of one machine.',
  severity: `Its severity is none of ${SEVERITIES.join(', ')}.`,
};
const ADVICE = 'Send {"machineId": "…", "profile": "…"} with a header Idempotency-Key of your own.';

/**
 * Reads what is to be collected without an alert: a machine by its id or its name, and a profile, files and a severity if
 * they are chosen. The key is the header's, else the body's `idempotencyKey`.
 */
export function readCollectionRequest(body: unknown, headerKey: string | null): CollectionRequest {
  const read = schema.safeParse(body);
  if (!read.success) {
    const field = read.error.issues[0]?.path[0];
    return wrong('wrong-order', FAULTS[String(field)] ?? describeFault(field));
  }
  const { machineId = null, machineName = null, profile = null, files: paths, severity, idempotencyKey } = read.data;
  if ((machineId === null) === (machineName === null))
    return wrong('wrong-order', 'It has to name one machine, by machineId or by machineName.');
  // A header of structured fields has its text in quotes.
  const key = headerKey?.trim().replace(/^"(.*)"$/, '$1') ?? idempotencyKey ?? null;
  if (key === null) return wrong('no-key', 'Without a key of yours a request that is sent again would run twice.');
  if (!KEY.test(key))
    return wrong('no-key', 'The key is not letters, digits, dots, dashes and underscores, 100 at most.');
  const reference: AlertReference = {
    alertId: `by-hand:${key}`,
    machineId,
    severity: readSeverity(severity),
    asked: { about: 'machine', machineName, profileId: profile, files: paths ?? [] },
  };
  return { outcome: 'request', reference };
}

function wrong(code: 'no-key' | 'wrong-order', why: string): CollectionRequest {
  return { outcome: 'wrong', code, why: `${why} ${ADVICE}` };
}
