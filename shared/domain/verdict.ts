import * as z from 'zod';
import type { Session } from './command.ts';
import type { EvidenceItem, Result, ScriptReport } from './result.ts';

/** The shape of a verdict on one stored file: what the machine reported of it against what is stored. */
export const comparisonSchema = z
  .object({
    verdict: z.enum(['same', 'changed', 'not comparable']),
    /** Which of the stored bytes were compared: the `content` of the stored gzip, or the stored `file` itself. */
    compared: z.enum(['content', 'file']).nullable(),
    /** SHA-256 and length as reported by the machine. */
    reportedSha256: z.string().nullable(),
    reportedBytes: z.number().nullable(),
    /** One sentence for people. */
    explanation: z.string(),
  })
  .readonly();

/** What a machine reported of a file against what is stored of it; a machine may lie, so it is never more than a report. */
export type Comparison = z.infer<typeof comparisonSchema>;

/** Compares a stored GetFile with what the script that made it reported; null for every other result. */
export function judgeResult(
  result: Result,
  sessions: readonly Session[],
  results: readonly Result[],
): Comparison | null {
  if (result.command !== 'GetFile' || result.status !== 'stored') return null;
  const maker = findMaker(result, sessions, results);
  if (maker === null) return null;
  return compareWithMachine(result.item, maker.status === 'stored' ? maker.item.report : null);
}

/** Compares a stored file with the hash and length of the archive in a script's report, null when there is no report. */
export function compareWithMachine(item: EvidenceItem, report: ScriptReport | null): Comparison {
  const reportedSha256 = report?.archiveSha256 ?? null;
  const reportedBytes = report?.archiveBytes ?? null;
  const reported = { reportedSha256, reportedBytes };
  const incomparable = (why: string): Comparison => ({
    verdict: 'not comparable',
    compared: null,
    ...reported,
    explanation: `Not comparable with what was reported by the machine: ${why}.`,
  });
  if (report === null) return incomparable('there is no report of the script that made this file');
  if (reportedSha256 === null) return incomparable('the script reported no hash of this file');

  const compared = reportedSha256 === item.sha256 ? 'file' : item.inside !== null ? 'content' : 'file';
  const stored = compared === 'content' && item.inside !== null ? item.inside : item;
  const words = compared === 'content' ? 'the content of the stored gzip' : 'the stored file';
  if (stored.sha256 === reportedSha256) {
    return {
      verdict: 'same',
      compared,
      ...reported,
      explanation: `Same as reported by the machine: ${words} has the SHA-256 that the script reported.`,
    };
  }
  if (item.inside === null && item.bytes !== reportedBytes) {
    return incomparable('the stored bytes are not the file itself, and their content could not be hashed');
  }
  const length =
    reportedBytes === null || reportedBytes === stored.bytes
      ? ''
      : `, and ${stored.bytes} bytes instead of ${reportedBytes}`;
  const explanation = `Changed against what was reported by the machine: ${words} has another SHA-256 than the script reported${length}.`;
  return { verdict: 'changed', compared, ...reported, explanation };
}

/** The result of the RunScript that made a GetFile's file; a GetFile that was moved keeps its maker in the session it came from. */
export function findMaker(result: Result, sessions: readonly Session[], results: readonly Result[]): Result | null {
  const resultAt = (session: number, index: number) =>
    results.find((other) => other.session === session && other.index === index);
  const own = sessions[result.session]?.commands[result.index];
  if (own?.type !== 'GetFile') return null;
  if (own.madeBy !== null) return resultAt(result.session, own.madeBy) ?? null;
  for (let session = result.session - 1; session >= 0; session -= 1) {
    for (const [index, command] of (sessions[session]?.commands ?? []).entries()) {
      if (command.type !== 'GetFile' || command.path !== own.path || command.madeBy === null) continue;
      if (resultAt(session, index)?.status === 'moved') return resultAt(session, command.madeBy) ?? null;
    }
  }
  return null;
}
