import type { Command } from './command.ts';
import type { LibraryFile } from './library-file.ts';
import { matchScript, tellChange } from './library-match.ts';
import type { Plan } from './plan.ts';
import type { Result } from './result.ts';

/** A reviewed script as the library listed it before a start; `updatedAt` is null where Defender gives no time. */
export interface ListedScript {
  readonly name: string;
  readonly sha256: string;
  readonly updatedAt: string | null;
}

/** What is known of one script, or one file that is put, of a session: how the library listed it before the start, and what a list after its end says of that. */
export interface ScriptProof {
  readonly session: number;
  readonly name: string;
  readonly updatedAt: string | null;
  readonly verdict: 'open' | 'proven' | 'unproven';
  /** Why it is unproven, null else. */
  readonly reason: string | null;
}

/** What a list of the library after a run says of one script. */
export interface ScriptFinding {
  readonly name: string;
  readonly verdict: 'proven' | 'unproven';
  readonly reason: string | null;
}

const MAX_REASON_CHARACTERS = 400;

/** The proofs of a session that is about to be started, none of them given yet; those of other sessions stay. */
export function openProofs(
  before: readonly ScriptProof[],
  plan: Plan,
  session: number,
  listed: readonly ListedScript[],
  lost: 'an attempt was lost' | 'none was lost',
): readonly ScriptProof[] {
  const commands = plan.sessions[session]?.commands ?? [];
  const used = new Set(commands.flatMap((command) => nameLibraryFile(command) ?? []));
  const own = listed.filter(({ name }) => used.has(name));
  const others = before.filter((proof) => proof.session !== session);
  // A lost attempt that shows after all ran what the library held then: what was listed first counts.
  const first = lost === 'an attempt was lost' ? before.filter((proof) => proof.session === session) : [];
  const opened = own.map(
    ({ name, updatedAt }): ScriptProof =>
      first.find((proof) => proof.name === name) ?? { session, name, updatedAt, verdict: 'open', reason: null },
  );
  return [...others, ...opened];
}

/** The library's file that a command uses: the script that it runs, or the file that it puts; null for any other. */
function nameLibraryFile(command: Command): string | null {
  switch (command.type) {
    case 'RunScript':
      return command.scriptName;
    case 'PutFile':
      return command.fileName;
    case 'GetFile':
      return null;
    default: {
      const unknown: never = command;
      throw new Error(`Unknown command ${JSON.stringify(unknown)}.`);
    }
  }
}

/** What has changed of a script since the library was listed before its start, null when nothing has. */
export function findChange(proof: ScriptProof, plan: Plan, listed: readonly LibraryFile[]): string | null {
  const planned = plan.scripts.find((script) => script.name === proof.name);
  if (planned === undefined) return null;
  const found = matchScript(planned, listed);
  switch (found.match) {
    case 'missing':
      return `${proof.name} is no longer in the live response library`;
    case 'different':
      return `${proof.name} in the live response library is not the reviewed script any more (${tellChange(found.file)})`;
    case 'same': {
      const { lastUpdatedAt } = found.file;
      return wasChanged(proof.updatedAt, lastUpdatedAt)
        ? `${proof.name} in the live response library was changed since and is the reviewed script again (${tellChange(found.file)})`
        : null;
    }
    default: {
      const unknown: never = found;
      throw new Error(`Unknown match ${JSON.stringify(unknown)}.`);
    }
  }
}

/** Whether two listed times are known and are not the same moment, however each is written. */
function wasChanged(before: string | null, after: string | null): boolean {
  return before !== null && after !== null && before !== after && Date.parse(before) !== Date.parse(after);
}

/** What a list of the library after a session's end says of each script whose proof is open. */
export function findProofs(
  proofs: readonly ScriptProof[],
  session: number,
  plan: Plan,
  listed: readonly LibraryFile[],
): readonly ScriptFinding[] {
  return ofSession(proofs, session).map((proof): ScriptFinding => {
    const change = findChange(proof, plan, listed);
    return change === null
      ? { name: proof.name, verdict: 'proven', reason: null }
      : { name: proof.name, verdict: 'unproven', reason: `After the run, ${change}: what was run is not proven.` };
  });
}

/** What is found of a session's scripts when the library cannot be listed after its end. */
export function findNothing(proofs: readonly ScriptProof[], session: number): readonly ScriptFinding[] {
  const reason = 'The live response library could not be listed after the run: what was run is not proven.';
  return ofSession(proofs, session).map(({ name }) => ({ name, verdict: 'unproven', reason }));
}

/** The sessions that left something and of whose scripts it is open whether they were the reviewed ones. */
export function sessionsToProve(proofs: readonly ScriptProof[], results: readonly Result[]): readonly number[] {
  const left = new Set(
    results.flatMap(({ status, session }) => (status === 'stored' || status === 'moved' ? [session] : [])),
  );
  const open = proofs.filter((proof) => proof.verdict === 'open' && left.has(proof.session));
  return [...new Set(open.map((proof) => proof.session))];
}

/** The proofs after findings on a session; a verdict that was given stays. */
export function settleProofs(
  proofs: readonly ScriptProof[],
  session: number,
  findings: readonly ScriptFinding[],
): readonly ScriptProof[] {
  return proofs.map((proof) => {
    const found = findings.find(({ name }) => name === proof.name);
    if (proof.session !== session || proof.verdict !== 'open' || found === undefined) return proof;
    return { ...proof, verdict: found.verdict, reason: found.reason?.slice(0, MAX_REASON_CHARACTERS) ?? null };
  });
}

function ofSession(proofs: readonly ScriptProof[], session: number): readonly ScriptProof[] {
  return proofs.filter((proof) => proof.session === session && proof.verdict === 'open');
}
