import type { Asked } from './asked.ts';

/** Severities of an alert, from the least to the most severe (Defender: alert resource, `severity`). */
export const SEVERITIES = ['UnSpecified', 'Informational', 'Low', 'Medium', 'High'] as const;

/** One severity of an alert, in Defender's casing. */
export type Severity = (typeof SEVERITIES)[number];

/** What an id of Defender (alert, machine, machine action) may look like before it goes into a URL or a filter. */
export const DEFENDER_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

/** What a door finds in a payload: which alert, and on which machine if the payload names one. */
export interface AlertReference {
  /** Where there is no alert of Defender, the key that stands in its place: a word, a colon, and what it is known by. */
  readonly alertId: string;
  readonly machineId: string | null;
  /** A hint for the order of work until the alert is looked up. */
  readonly severity: Severity | null;
  /** What is asked for beyond the alert as Defender returns it; nothing where it is missing. */
  readonly asked?: Asked;
}

/** A file that the alert names, as Defender reports it; every field but the hashes comes from the alert's evidence. */
export interface RelatedFile {
  readonly path: string | null;
  readonly sha1: string | null;
  readonly sha256: string | null;
  readonly md5: string | null;
  readonly sizeBytes: number | null;
  /** Who signed it and who published it, as Defender's file profile says; absent where it says nothing. */
  readonly signer?: string;
  readonly publisher?: string;
}

/** A File or Process row of an alert's evidence, as far as it tells whose doing it is. */
export interface EvidenceTrace {
  readonly path: string | null;
  readonly commandLine: string | null;
  readonly processId: number | null;
  readonly parentProcessId: number | null;
}

/** An alert as it was looked up, reduced to what planning and the record need. */
export interface Alert {
  readonly id: string;
  readonly incidentId: string | null;
  readonly tenantId: string | null;
  readonly machineId: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly category: string;
  readonly detectionSource: string;
  readonly createdAt: string | null;
  readonly files: readonly RelatedFile[];
  /** The File and Process rows of the evidence; absent where nobody asked for them. */
  readonly traces?: readonly EvidenceTrace[];
}

/** The severity of that name in any casing, `UnSpecified` for a name that is none. */
export function readSeverity(name: string | null | undefined): Severity {
  const wanted = (name ?? '').toLowerCase();
  return SEVERITIES.find((severity) => severity.toLowerCase() === wanted) ?? 'UnSpecified';
}

/** The rank of a severity: 0 for `UnSpecified`, 4 for `High`. */
export function rankSeverity(severity: Severity): number {
  return SEVERITIES.indexOf(severity);
}

/** Whether it is a key that stands in the place of an alert's id: a word and a colon, which no id of Defender has. */
export function isKey(alertId: string): boolean {
  return alertId.includes(':');
}
