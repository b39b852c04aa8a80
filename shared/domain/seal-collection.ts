import type { Collection, CollectionIn } from './collection.ts';
import { noteFact, absorb, type Step } from './step.ts';
import { countMissing } from './result.ts';
import { tellUnproven } from './script-verdict.ts';

/** A payload manifest that was written: its hash goes into the custody entry that seals. */
export function noteManifest(collection: CollectionIn<'sealing'>, sha256: string): Step {
  if (collection.manifest !== null) return absorb(collection);
  const next: Collection = { ...collection, manifest: { sha256, custodyNumber: collection.custody.count + 1 } };
  return {
    collection: next,
    facts: [noteFact('sealing', { manifestSha256: sha256, outcome: collection.outcome })],
    effects: [],
  };
}

/** A package that is complete: the collection ends as what its results add up to. */
export function endSealed(collection: CollectionIn<'sealing'>, tagmanifestSha256: string, now: string): Step {
  if (collection.manifest === null) return absorb(collection);
  const { manifest, outcome, why, sealedAt, progress: _, ...rest } = collection;
  const sealed = {
    manifestSha256: manifest.sha256,
    tagmanifestSha256,
    sealedAt,
    custodyNumber: manifest.custodyNumber,
  };
  const reason = outcome === 'collected' ? tellUnproven(collection) : (why ?? countMissing(collection.results));
  const next: Collection = { ...rest, status: outcome, reason, endedAt: now, sealed };
  return { collection: next, facts: [noteFact('ended', { outcome, tagmanifestSha256 })], effects: [{ type: 'close' }] };
}
