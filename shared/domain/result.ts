import { type CommandType, leavesResult, type Session } from './command.ts';

/** What the transcript of a script says of its run, as reported by the machine. */
export interface ScriptReport {
  readonly exitCode: number | null;
  /** The script's own answer between its markers: `ok`, `not ok` with a reason, or none found. */
  readonly answer: 'ok' | 'not ok' | 'none';
  readonly reason: string | null;
  /** SHA-256 and length of the archive as the script hashed it on the machine. */
  readonly archiveSha256: string | null;
  readonly archiveBytes: number | null;
  /** SHA-256 of the script as it says it was run; absent where it says none. */
  readonly scriptSha256?: string;
}

/** A stored result: where its bytes lie in the package, and what they hash to. */
export interface EvidenceItem {
  /** Path in the package, such as `data/0-1-getfile/content`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly sha1: string;
  readonly md5: string;
  /** Content of a gzip, hashed inside; null when the bytes are no gzip or its content was over the cap. */
  readonly inside: {
    readonly bytes: number;
    readonly sha256: string;
    readonly sha1: string;
    readonly md5: string;
  } | null;
  readonly report: ScriptReport | null;
  readonly storedAt: string;
}

/** Which command of a collection a result belongs to. */
export interface ResultKey {
  readonly session: number;
  readonly index: number;
}

interface ResultBasis extends ResultKey {
  readonly command: CommandType;
  /** The script's name or the file's path on the machine. */
  readonly subject: string;
  /** What Defender said went wrong with the command, null when it completed. */
  readonly failure: string | null;
}

/** How far the result of one command has come. */
export type Result = ResultBasis &
  (
    | { readonly status: 'planned' }
    | { readonly status: 'waiting'; readonly actionId: string; readonly since: string; readonly tries: number }
    | { readonly status: 'stored'; readonly item: EvidenceItem }
    | { readonly status: 'missing' }
    | { readonly status: 'moved' }
  );

/** The results that a session is expected to leave, none of them there yet. */
export function expectResults(session: Session, number: number): readonly Result[] {
  return session.commands.flatMap((command, index) => {
    if (!leavesResult(command.type)) return [];
    const subject =
      command.type === 'RunScript' ? command.scriptName : command.type === 'GetFile' ? command.path : command.fileName;
    return [{ session: number, index, command: command.type, subject, failure: null, status: 'planned' as const }];
  });
}

/** What a collection's results add up to: every one stored and none failed, some, or none. */
export function judgeResults(results: readonly Result[]): 'collected' | 'partial' | 'failed' {
  const expected = results.filter((result) => result.status !== 'moved');
  const stored = expected.filter((result) => result.status === 'stored');
  if (stored.length === 0) return 'failed';
  const sound = stored.filter((result) => result.failure === null && judgeReport(result.item.report) === 'worked');
  return sound.length === expected.length ? 'collected' : 'partial';
}

/** Whether a script did its work by its own account: it exited with 0, and did not answer `ok: false`. */
export function judgeReport(report: ScriptReport | null): 'worked' | 'did not work' {
  if (report === null) return 'worked';
  const exitedBadly = report.exitCode !== null && report.exitCode !== 0;
  return exitedBadly || report.answer === 'not ok' ? 'did not work' : 'worked';
}

/** One sentence that says which results of a collection are missing or did not work, and why the first of them. */
export function countMissing(results: readonly Result[]): string {
  const expected = results.filter((result) => result.status !== 'moved');
  const lacking = expected.filter((result) => result.status !== 'stored');
  const [first] = lacking;
  if (first === undefined)
    return 'Everything is stored, but a script says that it did not work; its transcript has the reason.';
  const count = `${lacking.length} of ${expected.length} results ${lacking.length === 1 ? 'is' : 'are'} missing`;
  return `${count}; ${first.command} ${first.subject}: ${first.failure ?? 'no reason is known.'}`.slice(0, 600);
}
