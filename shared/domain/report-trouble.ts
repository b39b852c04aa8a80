import type { ResultRow } from './package-record-schema.ts';

/** A stored result in a package record. */
export type StoredRow = Extract<ResultRow, { readonly status: 'stored' }>;

/** What speaks against a stored result: its command failed, or its script says so; null when nothing does. Foreign text is in it. */
export function tellTrouble(row: StoredRow): string | null {
  const { report, failure } = row;
  if (failure !== null) return `Defender reports that the command failed: ${failure}`;
  if (report === null) return null;
  if (report.answer === 'not ok') return `The script reports that it failed: ${report.reason ?? 'it gives no reason.'}`;
  if (report.exitCode !== null && report.exitCode !== 0) return `The script ended with exit code ${report.exitCode}.`;
  return null;
}
