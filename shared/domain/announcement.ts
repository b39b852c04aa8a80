import { type Collection, stageOf } from './collection.ts';
import { judgeResult } from './verdict.ts';

/** What others are told of a collection. */
export const ANNOUNCEMENT_TYPES = ['collection.started', 'collection.ended', 'evidence.mismatch'] as const;

/** One kind of announcement. */
export type AnnouncementType = (typeof ANNOUNCEMENT_TYPES)[number];

/** Something to tell others of a collection; said again, it has the same id, by which repeats are dropped. */
export interface Announcement {
  readonly id: string;
  readonly type: AnnouncementType;
  readonly collectionId: string;
  /** When it happened, ISO 8601 UTC. */
  readonly at: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A collection whose first live response was started, at that time. */
export function announceStarted(collection: Collection, at: string): Announcement {
  return announce(collection, 'collection.started', at, describe(collection));
}

/** A collection that came to its end; null while it has not. */
export function announceEnded(collection: Collection): Announcement | null {
  if (stageOf(collection.status) === 'open' || !('endedAt' in collection)) return null;
  const { results, reason, retryOf } = collection;
  const expected = results.filter((result) => result.status !== 'moved').length;
  const stored = results.filter((result) => result.status === 'stored').length;
  const sealed = 'sealed' in collection ? collection.sealed : null;
  return announce(collection, 'collection.ended', collection.endedAt, {
    ...describe(collection),
    reason,
    endedAt: collection.endedAt,
    retryOf,
    mergedInto: 'mergedInto' in collection ? collection.mergedInto : null,
    results: { expected, stored },
    package:
      sealed === null
        ? null
        : {
            manifestSha256: sealed.manifestSha256,
            tagmanifestSha256: sealed.tagmanifestSha256,
            sealedAt: sealed.sealedAt,
          },
  });
}

/** A package in which a stored file is another one than the machine reported; null where none is. */
export function announceMismatch(collection: Collection): Announcement | null {
  if (stageOf(collection.status) === 'open' || !('endedAt' in collection)) return null;
  const files = listVerdicts(collection).flatMap(({ path, sha256, verdict, reportedSha256 }) =>
    verdict === 'changed' ? [{ path, sha256, reportedSha256 }] : [],
  );
  if (files.length === 0) return null;
  return announce(collection, 'evidence.mismatch', collection.endedAt, {
    ...describe(collection),
    against: 'what the machine reported',
    files,
  });
}

/** A sealed package that was found not to be what it was sealed as: `entry` is the custody entry that says so. */
export function announceDecay(found: {
  readonly collectionId: string;
  readonly entry: number;
  readonly at: string;
  readonly faults: readonly object[];
}): Announcement {
  const { collectionId, entry, at, faults } = found;
  const data = { collection: collectionId, against: 'what was sealed', custodyEntry: entry, files: faults };
  return { id: `${collectionId}-evidence.mismatch-${entry}`, type: 'evidence.mismatch', collectionId, at, data };
}

/** What came of comparing each archive of a package with what the machine reported of it. */
export function listVerdicts(collection: Collection) {
  const sessions = 'plan' in collection ? (collection.plan?.sessions ?? []) : [];
  return collection.results.flatMap((result) => {
    const comparison = judgeResult(result, sessions, collection.results);
    if (comparison === null || result.status !== 'stored') return [];
    const { path, sha256 } = result.item;
    return [{ path, sha256, verdict: comparison.verdict, reportedSha256: comparison.reportedSha256 }];
  });
}

function announce(
  { id }: Collection,
  type: AnnouncementType,
  at: string,
  data: Readonly<Record<string, unknown>>,
): Announcement {
  return { id: `${id}-${type}`, type, collectionId: id, at, data };
}

function describe({ id, status, alertId, incidentId, tenantId, machineId, severity, receivedAt }: Collection) {
  return { collection: id, status, alertId, incidentId, tenantId, machineId, severity, receivedAt };
}
