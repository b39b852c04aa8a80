import type { LibraryFile } from '../domain/library-file.ts';
import type { PlannedScript } from '../domain/plan.ts';
import { applyEvent } from './apply-event.ts';
import type { Ports } from './ports.ts';

/** Whether the library holds exactly the reviewed scripts, or why nothing may be run. */
export type Readiness = { readonly readiness: 'ready' } | { readonly readiness: 'not ready'; readonly reason: string };

/** The library as it was listed last; those who dispatch together list it once, right before they do. */
export interface LibraryView {
  list(): Promise<readonly LibraryFile[]>;
  listAgain(): Promise<readonly LibraryFile[]>;
}

/** A view that lists the library when it is first looked at. */
export function viewLibrary(ports: Ports): LibraryView {
  let listed: Promise<readonly LibraryFile[]> | null = null;
  const listAgain = () => {
    listed = ports.defender.listLibrary();
    return listed;
  };
  return { list: () => listed ?? listAgain(), listAgain };
}

/** Compares the library's hashes with the reviewed scripts': a missing one is uploaded and listed again, a different one is never run. */
export async function ensureScripts(
  ports: Ports,
  library: LibraryView,
  collectionId: string,
  wanted: readonly PlannedScript[],
): Promise<Readiness> {
  const reviewed = await ports.content.scripts();
  const before = await library.list();
  const missing: PlannedScript[] = [];
  for (const script of wanted) {
    const state = compare(script, before);
    if (state.state === 'different') return { readiness: 'not ready', reason: state.reason };
    if (state.state === 'missing') missing.push(script);
  }
  if (missing.length === 0) return { readiness: 'ready' };
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
  const after = await library.listAgain();
  for (const script of missing) {
    const state = compare(script, after);
    if (state.state === 'different') return { readiness: 'not ready', reason: state.reason };
    if (state.state === 'missing')
      return {
        readiness: 'not ready',
        reason: `${script.name} was uploaded to the live response library but is not listed yet.`,
      };
  }
  return { readiness: 'ready' };
}

type Compared = { readonly state: 'same' | 'missing' } | { readonly state: 'different'; readonly reason: string };

function compare(script: PlannedScript, listed: readonly LibraryFile[]): Compared {
  const file = listed.find((candidate) => candidate.fileName.toLowerCase() === script.name.toLowerCase());
  if (file === undefined) return { state: 'missing' };
  if (file.fileName === script.name && file.sha256.toLowerCase() === script.sha256) return { state: 'same' };
  const who = file.createdBy === null ? 'somebody' : file.createdBy;
  const when = file.lastUpdatedAt === null ? 'at an unknown time' : `on ${file.lastUpdatedAt}`;
  return {
    state: 'different',
    reason: `${script.name} in the live response library is not the reviewed script (put there by ${who} ${when}); nothing is run until it is removed or replaced by the reviewed one.`,
  };
}
