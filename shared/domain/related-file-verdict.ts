import * as z from 'zod';
import type { TestifiedFile } from './script-testimony.ts';

const VERDICTS = ['same', 'changed', 'gone', 'not comparable'] as const;

/** The shape of a verdict on one file that an alert names: what the alert says of it against what was found of it. */
export const fileVerdictSchema = z
  .object({
    verdict: z.enum(VERDICTS),
    /** What the alert was compared with: bytes that are stored, or what the machine reported; null for neither. */
    against: z.enum(['storage', 'machine']).nullable(),
    /** One sentence for people. */
    explanation: z.string(),
  })
  .readonly();

/** A verdict on one file that an alert names. */
export type FileVerdict = z.infer<typeof fileVerdictSchema>;

/** Hashes of a file, as far as they are known. */
export interface KnownHashes {
  readonly sha256: string | null;
  readonly sha1: string | null;
  readonly md5: string | null;
}

/** What was found of a file: bytes in the package, what the machine said of it, or why nothing was heard. */
export type Finding =
  | { readonly found: 'stored'; readonly hashes: readonly KnownHashes[] }
  | { readonly found: 'reported'; readonly file: TestifiedFile }
  | { readonly found: 'nothing'; readonly why: string };

/** Compares what an alert says of a file with what was found of it; what a machine reports is only ever a report. */
export function judgeRelatedFile(alert: KnownHashes, finding: Finding): FileVerdict {
  switch (finding.found) {
    case 'stored':
      return compareStored(alert, finding.hashes);
    case 'reported':
      return compareReported(alert, finding.file);
    case 'nothing':
      return { verdict: 'not comparable', against: null, explanation: finding.why };
    default: {
      const unknown: never = finding;
      throw new Error(`Unknown finding ${JSON.stringify(unknown)}.`);
    }
  }
}

/** Bytes may be stored as they are or as a gzip of the file: each counts. */
function compareStored(alert: KnownHashes, stored: readonly KnownHashes[]): FileVerdict {
  const names = { sha256: 'SHA-256', sha1: 'SHA-1', md5: 'MD5' } as const;
  for (const name of ['sha256', 'sha1', 'md5'] as const) {
    const wanted = alert[name]?.toLowerCase() ?? null;
    if (wanted === null) continue;
    const isSame = stored.some((hashes) => hashes[name] === wanted);
    return {
      verdict: isSame ? 'same' : 'changed',
      against: 'storage',
      explanation: isSame
        ? `Same: the stored file has the ${names[name]} of the alert.`
        : `Changed: the stored file has another ${names[name]} than the alert.`,
    };
  }
  return { verdict: 'not comparable', against: null, explanation: 'Not comparable: the alert gives no hash of it.' };
}

function compareReported(alert: KnownHashes, { status, sha256 }: TestifiedFile): FileVerdict {
  const by = (verdict: FileVerdict['verdict'], words: string): FileVerdict => ({
    verdict,
    against: 'machine',
    explanation: `${words}, as reported by the machine.`,
  });
  if (status === 'absent') return by('gone', `Gone: ${tellStatus(status)}`);
  if (sha256 === null && status === 'quarantined') return by('gone', `Gone: ${tellStatus(status)}`);
  if (sha256 === null) return by('not comparable', `Not comparable: ${tellStatus(status)}, and has no hash`);
  const kept = status === 'collected' ? '' : ` (${tellStatus(status)})`;
  if (alert.sha256 === null) return by('not comparable', `Not comparable: the alert gives no SHA-256 of it${kept}`);
  return alert.sha256.toLowerCase() === sha256
    ? by('same', `Same: it has the SHA-256 of the alert${kept}`)
    : by('changed', `Changed: it has another SHA-256 than the alert${kept}`);
}

/** A script's word for a file in our own words; one that is not known is only said to be so, as it is foreign. */
export function tellStatus(status: string): string {
  switch (status) {
    case 'absent':
      return 'it was not there any more';
    case 'collected':
      return 'it was collected';
    case 'too large':
      return 'it was too large to be collected';
    case 'unreadable':
      return 'it could not be read';
    case 'not a regular file':
      return 'it is no regular file';
    case 'skipped':
      return 'it was skipped';
    case 'quarantined':
      return 'it had been quarantined';
    default:
      return 'what became of it is not clear';
  }
}
