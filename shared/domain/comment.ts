import { listVerdicts } from './announcement.ts';
import type { Collection } from './collection.ts';

/** What marks a comment as the one of that collection, whoever else comments on the alert. */
export function markComment(collectionId: string): string {
  return `[collection ${collectionId}]`;
}

/** The comment on the alert of an ended collection: outcome, verdicts, package, and a link to the API for people with access; null for one that says nothing to a reader of the alert. */
export function writeComment(collection: Collection, url: string | null): string | null {
  const link = url === null ? '' : ` For people with access: ${url}`;
  const mark = markComment(collection.id);
  switch (collection.status) {
    case 'received':
    case 'planned':
    case 'starting':
    case 'running':
    case 'copying':
    case 'sealing':
    case 'skipped':
      return null;
    case 'merged':
      return `Evidence Collector: this alert is collected as ${collection.mergedInto}.${link} ${mark}`;
    case 'collected':
    case 'partial':
    case 'failed':
    case 'cancelled': {
      const { status, results, reason, sealed } = collection;
      const expected = results.filter((result) => result.status !== 'moved').length;
      const stored = results.filter((result) => result.status === 'stored').length;
      const why = reason === null ? '' : ` ${clean(reason)}`;
      const packed =
        sealed === null
          ? ' There is no package.'
          : ` Package ${collection.id}, SHA-256 of its tag manifest ${sealed.tagmanifestSha256}.`;
      return `Evidence Collector: ${status}, ${stored} of ${expected} results stored.${why}${countVerdicts(collection)}${packed}${link} ${mark}`;
    }
    default: {
      const unknown: never = collection;
      throw new Error(`Unknown collection ${JSON.stringify(unknown)}.`);
    }
  }
}

function countVerdicts(collection: Collection): string {
  const verdicts = listVerdicts(collection).map(({ verdict }) => verdict);
  const counts = (['same', 'changed', 'not comparable'] as const).flatMap((word) => {
    const count = verdicts.filter((verdict) => verdict === word).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return counts.length === 0 ? '' : ` Compared with what the machine reported: ${counts.join(', ')}.`;
}

/** Text that may hold what a machine said, in one line and bounded. */
function clean(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .slice(0, 400)
    .toWellFormed()
    .trim();
}
