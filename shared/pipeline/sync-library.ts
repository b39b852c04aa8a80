import type { LibraryFile } from '../domain/library-file.ts';
import { matchScript, tellChange } from '../domain/library-match.ts';
import { type LibraryStep, planLibrary } from '../domain/library-plan.ts';
import type { Ports, ReviewedScript } from './ports.ts';

/** What an order to sync says: only to tell what would be done, or to do it; which different files are to be replaced, by name. */
export interface SyncOrder {
  readonly does: 'plan' | 'apply';
  readonly replace: readonly string[];
}

/** What became of one file: `planned` where nothing was done about it yet. */
export interface SyncedFile extends LibraryStep {
  readonly outcome: 'as it was' | 'planned' | 'refused' | 'uploaded' | 'replaced' | 'failed';
}

/** What a sync came to. */
export type Synced =
  | {
      readonly outcome: 'planned' | 'applied';
      readonly files: readonly SyncedFile[];
      /** Whether the library holds every reviewed script now. */
      readonly library: 'holds the reviewed scripts' | 'lacks reviewed scripts';
    }
  | { readonly outcome: 'wrong order'; readonly why: string };

/**
 * Compares the library with the reviewed scripts, tells what would be done, and does it when it is told to: a missing
 * script is uploaded, a different one is replaced only if it is named, everything else is never touched. After that the
 * library is listed again and compared by hash: what counts is what it shows then.
 */
export async function syncLibrary(ports: Ports, order: SyncOrder): Promise<Synced> {
  const reviewed = await ports.content.scripts();
  const strange = order.replace.filter((name) => !reviewed.has(name));
  if (strange.length > 0) {
    const why = `${strange.length} of the names to replace are no reviewed scripts. Those are: ${[...reviewed.keys()].join(', ')}.`;
    return { outcome: 'wrong order', why };
  }
  const wanted = [...reviewed.values()].map(({ name, sha256, content }) => ({
    name,
    sha256,
    bytes: content.byteLength,
  }));
  const steps = planLibrary(wanted, await ports.defender.listLibrary(), new Set(order.replace));
  const files = order.does === 'plan' ? steps.map(tellPlanned) : await apply(ports, steps, reviewed);
  const own = files.filter(({ state }) => state !== 'foreign');
  const isWhole = own.every(
    ({ state, outcome }) => state === 'same' || outcome === 'uploaded' || outcome === 'replaced',
  );
  ports.log({ event: 'library sync', does: order.does, ...countOutcomes(files) });
  return {
    outcome: order.does === 'plan' ? 'planned' : 'applied',
    files,
    library: isWhole ? 'holds the reviewed scripts' : 'lacks reviewed scripts',
  };
}

/** What the timer does: where scripts may be run, those that are missing are uploaded; nothing is replaced without an order. */
export async function keepLibrary(ports: Ports): Promise<void> {
  if (ports.mode === 'off') return;
  await syncLibrary(ports, { does: ports.mode === 'collect' ? 'apply' : 'plan', replace: [] });
}

function tellPlanned(step: LibraryStep): SyncedFile {
  const outcomes = { upload: 'planned', replace: 'planned', leave: 'as it was', refuse: 'refused' } as const;
  return { ...step, outcome: outcomes[step.act] };
}

async function apply(
  ports: Ports,
  steps: readonly LibraryStep[],
  reviewed: ReadonlyMap<string, ReviewedScript>,
): Promise<readonly SyncedFile[]> {
  const faults = new Map<string, string>();
  for (const { name, act } of steps) {
    const script = reviewed.get(name);
    if (script === undefined || (act !== 'upload' && act !== 'replace')) continue;
    const fault = await upload(ports, script, act);
    if (fault !== null) faults.set(name, fault);
  }
  if (!steps.some(({ act }) => act === 'upload' || act === 'replace')) return steps.map(tellPlanned);
  const after = await ports.defender.listLibrary();
  return steps.map((step) => judge(step, after, faults.get(step.name) ?? null));
}

/** Uploads one script; answers why it could not be, null when it was. A fault of one stops none of the others. */
async function upload(ports: Ports, script: ReviewedScript, act: 'upload' | 'replace'): Promise<string | null> {
  const { name: fileName, content, description, parametersDescription } = script;
  const replace = act === 'replace' ? 'replace' : 'keep';
  try {
    const sent = await ports.defender.uploadToLibrary({
      fileName,
      content,
      description,
      parametersDescription,
      replace,
    });
    return sent.outcome === 'exists' ? 'Somebody put a file of this name there meanwhile.' : null;
  } catch (fault) {
    return ports.explain(fault).reason;
  }
}

/** What the library shows after an upload decides, not what the upload was answered. */
function judge(step: LibraryStep, after: readonly LibraryFile[], fault: string | null): SyncedFile {
  const { name, sha256, act } = step;
  if (sha256 === null || (act !== 'upload' && act !== 'replace')) return tellPlanned(step);
  const found = matchScript({ name, sha256 }, after);
  switch (found.match) {
    case 'same':
      return { ...step, outcome: act === 'upload' ? 'uploaded' : 'replaced', reason: tellDone(step) };
    case 'missing':
      return { ...step, outcome: 'failed', reason: fault ?? 'It was uploaded, and the library does not list it yet.' };
    case 'different': {
      const shown = `The library lists another file under its name (${tellChange(found.file)}).`;
      return { ...step, outcome: 'failed', reason: fault === null ? shown : `${fault} ${shown}` };
    }
    default: {
      const unknown: never = found;
      throw new Error(`Unknown match ${JSON.stringify(unknown)}.`);
    }
  }
}

function tellDone({ listed }: LibraryStep): string {
  return listed === null
    ? 'It was uploaded, and the library lists it with the reviewed hash.'
    : `It took the place of a file with SHA-256 ${listed.sha256 || 'unknown'} (${tellChange(listed)}).`;
}

function countOutcomes(files: readonly SyncedFile[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {
    same: 0,
    foreign: 0,
    planned: 0,
    refused: 0,
    uploaded: 0,
    replaced: 0,
    failed: 0,
  };
  for (const { state, outcome } of files) {
    const key = outcome === 'as it was' ? state : outcome;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}
