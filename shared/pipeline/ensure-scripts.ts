import type { LibraryFile } from '../domain/library-file.ts';
import { matchScript, tellChange } from '../domain/library-match.ts';
import type { ListedScript } from '../domain/library-proof.ts';
import type { PlannedScript } from '../domain/plan.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';
import type { LibraryView } from './view-library.ts';

/** Whether the library holds exactly the reviewed scripts, as it lists them, or why nothing may be run. */
export type Readiness =
  | { readonly readiness: 'ready'; readonly scripts: readonly ListedScript[] }
  | { readonly readiness: 'not ready'; readonly reason: string };

/** Compares the library's hashes with the reviewed scripts': a missing one is uploaded and listed again, a different one is never run. */
export async function ensureScripts(
  ports: Ports,
  library: LibraryView,
  collectionId: string,
  wanted: readonly PlannedScript[],
): Promise<Readiness> {
  const reviewed = await ports.content.scripts();
  const before = compareAll(wanted, await library.list());
  if (before.different !== null) return { readiness: 'not ready', reason: before.different };
  const { missing } = before;
  if (missing.length === 0) return { readiness: 'ready', scripts: before.same };
  for (const { name, sha256 } of missing) {
    const script = reviewed.get(name);
    if (script === undefined || script.sha256 !== sha256) {
      return {
        readiness: 'not ready',
        reason: `The plan runs ${name} as reviewed when it was made; this version of the collector carries another one.`,
      };
    }
    const { content, description, parametersDescription } = script;
    await ports.defender.uploadToLibrary({
      fileName: name,
      content,
      description,
      parametersDescription,
      replace: 'keep',
    });
    await applyEvent(ports, collectionId, { type: 'script uploaded', name, sha256 });
  }
  const after = compareAll(wanted, await library.listAgain());
  if (after.different !== null) return { readiness: 'not ready', reason: after.different };
  const [unlisted] = after.missing;
  if (unlisted === undefined) return { readiness: 'ready', scripts: after.same };
  return {
    readiness: 'not ready',
    reason: `${unlisted.name} was uploaded to the live response library but is not listed yet.`,
  };
}

interface Compared {
  readonly same: readonly ListedScript[];
  readonly missing: readonly PlannedScript[];
  /** Why nothing may be run, null when no script is another one. */
  readonly different: string | null;
}

function compareAll(wanted: readonly PlannedScript[], listed: readonly LibraryFile[]): Compared {
  const same: ListedScript[] = [];
  const missing: PlannedScript[] = [];
  let different: string | null = null;
  for (const script of wanted) {
    const found = matchScript(script, listed);
    if (found.match === 'same') same.push({ ...script, updatedAt: found.file.lastUpdatedAt });
    else if (found.match === 'missing') missing.push(script);
    else different ??= refuse(script, found.file);
  }
  return { same, missing, different };
}

function refuse({ name }: PlannedScript, file: LibraryFile): string {
  return `${name} in the live response library is not the reviewed script (${tellChange(file)}); nothing is run until it is removed or replaced by the reviewed one.`;
}
