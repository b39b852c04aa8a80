import type { Collection, CollectionIn } from '../domain/collection.ts';
import type { LibraryFile } from '../domain/library-file.ts';
import { findChange, findNothing, findProofs, type ScriptFinding, sessionsToProve } from '../domain/library-proof.ts';
import { applyEvent } from './apply-event.ts';
import { later } from './back-off.ts';
import type { Ports } from './ports.ts';

/** How often a package waits in vain for the library to be listed, until its deadline; then its scripts count as unproven. */
const MAX_VAIN_TRIES = 5;

/** Cancels a pending action of whose scripts one was changed since it was sent; `listed` is null where nobody listed the library. */
export async function callOffSwapped(
  ports: Ports,
  { id, plan, progress, scriptProofs }: CollectionIn<'running'>,
  listed: readonly LibraryFile[] | null,
): Promise<void> {
  if (listed === null) return;
  const own = (scriptProofs ?? []).filter((proof) => proof.session === progress.session);
  const [change] = own.flatMap((proof) => findChange(proof, plan, listed) ?? []);
  if (change === undefined) return;
  const reason = `${change}; the live response that would run it is cancelled.`;
  await applyEvent(ports, id, { type: 'stand down', why: 'script swapped', until: later(ports, 0), reason });
}

/** Compares the library with what it held before a session that has just ended; where it cannot be listed, that is left to the sealing. */
export async function proveRun(
  ports: Ports,
  collection: Collection,
  session: number,
  list: () => Promise<readonly LibraryFile[]>,
): Promise<void> {
  if (!('plan' in collection) || collection.plan === null) return;
  const { id, plan, scriptProofs = [] } = collection;
  if (!scriptProofs.some((proof) => proof.session === session && proof.verdict === 'open')) return;
  try {
    await note(ports, id, session, findProofs(scriptProofs, session, plan, await list()));
  } catch (fault) {
    ports.log({ event: 'fault', at: 'prove run', collection: id, code: ports.explain(fault).code });
  }
}

/** Proves before a package is sealed what could not be proven when its sessions ended. */
export async function proveLateRuns(ports: Ports, collection: CollectionIn<'sealing'>): Promise<void> {
  const { id, plan, results, scriptProofs = [], tries, manifest, deadline } = collection;
  const sessions = manifest === null ? sessionsToProve(scriptProofs, results) : [];
  if (sessions.length === 0) return;
  const listed = await ports.defender.listLibrary().catch((fault: unknown) => {
    if (tries < MAX_VAIN_TRIES && ports.now().toISOString() < deadline) throw fault;
    return null;
  });
  for (const session of sessions) {
    const findings =
      listed === null ? findNothing(scriptProofs, session) : findProofs(scriptProofs, session, plan, listed);
    await note(ports, id, session, findings);
  }
}

async function note(ports: Ports, id: string, session: number, findings: readonly ScriptFinding[]): Promise<void> {
  await applyEvent(ports, id, { type: 'scripts checked', session, findings });
  for (const { verdict } of findings) ports.log({ event: 'script checked', collection: id, session, verdict });
}
