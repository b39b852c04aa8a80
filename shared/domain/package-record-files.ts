import type { RelatedFile } from './alert.ts';
import type { CollectionIn } from './collection.ts';
import type { RelatedFileRow } from './package-record-machine-schema.ts';
import { type Finding, judgeRelatedFile, tellStatus } from './related-file-verdict.ts';
import type { EvidenceItem, Result } from './result.ts';
import { readRequestedFiles } from './script-request.ts';
import type { TestifiedFile } from './script-testimony.ts';
import type { PackedWords } from './testimony.ts';

type Sealing = Pick<CollectionIn<'sealing'>, 'plan' | 'results'>;

/** What is known of a path that was asked for: by whom, what was said of it, and where it lies. */
interface Asked {
  readonly sha256: string;
  readonly said: TestifiedFile | null;
  /** The file of the package in which it is to be found. */
  readonly heldIn: string | null;
  readonly stored: EvidenceItem | null;
  /** Why nothing was said of it. */
  readonly why: string;
}

/** A row for each file that the alert names, and for each that was asked for on behalf of an alert united with it. */
export function describeFiles(collection: Sealing, { basis, testimonies }: PackedWords): readonly RelatedFileRow[] {
  const asked = listAsked(collection, testimonies);
  const named = new Set(basis.relatedFiles.map(({ path }) => path));
  const others = [...asked].flatMap(([path, { sha256 }]) => (named.has(path) ? [] : [makeFile(path, sha256)]));
  return [...basis.relatedFiles, ...others].map((file) => describeFile(file, asked));
}

function describeFile(file: RelatedFile, askedFor: ReadonlyMap<string, Asked>): RelatedFileRow {
  const asked = file.path === null ? undefined : askedFor.get(file.path);
  const { path, sha256, sha1, md5, sizeBytes } = file;
  const basis = { path, sha256, sha1, md5, sizeBytes };
  if (asked === undefined) {
    const reason =
      path === null
        ? 'The alert gives no path of it.'
        : 'The profile asks for no such file, or its request had no room for more.';
    const comparison = judgeRelatedFile(file, { found: 'nothing', why: 'Not comparable: it was not asked for.' });
    const nothing = { heldIn: null, reportedSha256: null, reportedBytes: null };
    return { ...basis, state: 'not requested', reason, ...nothing, comparison };
  }
  const { said, stored, heldIn, why } = asked;
  const comparison = judgeRelatedFile(file, findOf(asked));
  const isCollected = stored !== null || (said?.status === 'collected' && heldIn !== null);
  return {
    ...basis,
    state: isCollected ? 'collected' : 'not collected',
    reason: isCollected ? null : said === null || said.status === 'collected' ? why : tellReason(said.status),
    heldIn: isCollected ? heldIn : null,
    reportedSha256: said?.sha256 ?? null,
    reportedBytes: said?.bytes ?? null,
    comparison,
  };
}

function tellReason(status: string): string {
  const words = tellStatus(status);
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}, as reported by the machine.`;
}

function findOf({ said, stored, why }: Asked): Finding {
  if (stored !== null) return { found: 'stored', hashes: stored.inside === null ? [stored] : [stored, stored.inside] };
  return said === null ? { found: 'nothing', why: `Not comparable: ${why}` } : { found: 'reported', file: said };
}

/** Every path that was asked for, by a script's request or by a GetFile of its own; what says more of it stands. */
function listAsked({ plan, results }: Sealing, testimonies: PackedWords['testimonies']): ReadonlyMap<string, Asked> {
  const asked = new Map<string, Asked>();
  const note = (path: string, found: Asked) => {
    const known = asked.get(path);
    if (known === undefined || weigh(found) > weigh(known)) asked.set(path, found);
  };
  for (const [session, { commands }] of plan.sessions.entries()) {
    for (const [index, command] of commands.entries()) {
      const result = results.find((candidate) => candidate.session === session && candidate.index === index);
      if (command.type === 'GetFile' && command.madeBy === null) {
        const item = result?.status === 'stored' ? result.item : null;
        note(command.path, {
          sha256: '',
          said: null,
          heldIn: item?.path ?? null,
          stored: item,
          why: tellMissing(result),
        });
      } else if (command.type === 'RunScript') {
        const said = testimonies.find((one) => one.session === session && one.index === index)?.said ?? null;
        const files = new Map((said?.files ?? []).map((file) => [file.path, file]));
        const heldIn = findArchive({ plan, results }, session, index);
        const why =
          said === null
            ? tellMissing(result)
            : heldIn === null
              ? 'The archive that holds it is missing.'
              : 'The script said nothing of it.';
        for (const { path, sha256 } of readRequestedFiles(command.args))
          note(path, { sha256, said: files.get(path) ?? null, heldIn, stored: null, why });
      }
    }
  }
  return asked;
}

function weigh({ stored, said, heldIn }: Asked): number {
  if (stored !== null) return 4;
  if (said?.status === 'collected') return heldIn === null ? 2 : 3;
  return said === null ? 0 : 1;
}

/** Where the archive of a script lies; one whose GetFile was moved is asked for by the same path in a later session. */
function findArchive({ plan, results }: Sealing, session: number, script: number): string | null {
  const [archive] = (plan.sessions[session]?.commands ?? []).flatMap((command) =>
    command.type === 'GetFile' && command.madeBy === script ? [command.path] : [],
  );
  const stored = results.find(
    (result) => result.command === 'GetFile' && result.subject === archive && result.status === 'stored',
  );
  return stored?.status === 'stored' ? stored.item.path : null;
}

function tellMissing(result: Result | undefined): string {
  if (result === undefined || result.status === 'stored') return 'The script gave no answer that can be read.';
  return result.failure ?? 'The command left no result.';
}

function makeFile(path: string, sha256: string): RelatedFile {
  return { path, sha256: sha256 === '' ? null : sha256, sha1: null, md5: null, sizeBytes: null };
}
