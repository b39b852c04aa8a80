import { stat } from 'node:fs/promises';
import { openFolder } from './open-folder.ts';
import type { PackageSource } from './package-source.ts';

/** Where a package lies that was asked for; `collectionId` is whose it must be, null for any. */
export type ChosenSource =
  | { readonly outcome: 'chosen'; readonly source: PackageSource; readonly collectionId: string | null }
  | { readonly outcome: 'fault'; readonly fault: string };

const COLLECTION_ID = /^[0-9a-f]{32}(?:-r\d{1,3})?$/;

/** Finds the package of a folder or, where there is no such folder, of a collection's id in EvidenceStorage. */
export async function chooseSource(name: string): Promise<ChosenSource> {
  const found = await stat(name).catch(() => null);
  if (found?.isDirectory()) return { outcome: 'chosen', source: openFolder(name), collectionId: null };
  if (!COLLECTION_ID.test(name))
    return { outcome: 'fault', fault: 'There is no such folder, and it is not the id of a collection.' };
  // Loaded only here: a folder is checked without the libraries of the storage service.
  const { connectEvidence, openStored } = await import('./open-stored.ts');
  const connected = await connectEvidence();
  if (connected.outcome === 'fault')
    return { outcome: 'fault', fault: `There is no such folder, and no storage to ask for it. ${connected.fault}.` };
  const source = openStored(connected, name);
  if ((await source.list()).files.size === 0)
    return { outcome: 'fault', fault: 'There is neither such a folder nor a package of this id in EvidenceStorage.' };
  return { outcome: 'chosen', source, collectionId: name };
}
