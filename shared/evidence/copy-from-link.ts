import type { Dispatcher } from 'undici';
import { CopyError } from './copy-error.ts';
import { copyOnce } from './copy-once.ts';
import type { Compared, CopyAnswer, CopyRequest, StoredCopy } from './copy-request.ts';
import type { ContentHashes } from './hash-content.ts';
import { hashStored } from './hash-stored.ts';
import { makeLinkDispatcher } from './link-dispatcher.ts';
import { storageFault } from './stage-blocks.ts';

/** How often a copy begins at zero when its source is not the same any more. */
const MAX_STARTS = 3;

/** Streams a result into a blob that did not exist and hashes it on the way; goes on with new links, and commits only what is whole. A blob that exists stands and is hashed and compared, and no link is asked for. Throws CopyError for what may go away. */
export async function copyFromLink(request: CopyRequest): Promise<CopyAnswer> {
  const dispatcher = request.dispatcher ?? makeLinkDispatcher({ allowed: request.allowedHosts });
  try {
    return (await findStored(request, null)) ?? (await copyAnew(request, dispatcher));
  } catch (error) {
    if (request.signal?.aborted) throw new CopyError('stopped', 'The copy was stopped before its end.');
    throw error;
  } finally {
    if (request.dispatcher === undefined) await dispatcher.destroy();
  }
}

async function copyAnew(request: CopyRequest, dispatcher: Dispatcher): Promise<CopyAnswer> {
  let why = '';
  for (let start = 1; start <= MAX_STARTS; start += 1) {
    const answer = await copyOnce(request, dispatcher);
    switch (answer.outcome) {
      case 'stored':
        return { outcome: 'stored', ...describe(request, answer.hashes, answer.storedAt) };
      case 'already there': {
        const stored = await findStored(request, answer.hashes.sha256);
        if (stored === null) throw answer.fault;
        return stored;
      }
      case 'no result':
      case 'refused':
        return answer;
      case 'start again':
        why = answer.why;
        break;
      default: {
        const unknown: never = answer;
        throw new Error(`Unknown outcome ${String(unknown)}.`);
      }
    }
  }
  throw new CopyError('source-inconsistent', `The copy of the result began ${MAX_STARTS} times in vain: ${why}.`);
}

/** What is there already, null for nothing; it is compared with the hash of what was received, null when nothing was. */
async function findStored(request: CopyRequest, receivedSha256: string | null): Promise<CopyAnswer | null> {
  try {
    const stored = await hashStored(request.container, request.path, request.limits, request.signal);
    if (stored.outcome === 'not found') return null;
    const { hashes, storedAt, notedSha256 } = stored;
    const compared = compare(hashes.sha256, receivedSha256 ?? notedSha256);
    return { outcome: 'already there', compared, ...describe(request, hashes, storedAt) };
  } catch (error) {
    throw storageFault(error);
  }
}

function compare(storedSha256: string, expectedSha256: string | null): Compared {
  if (expectedSha256 === null) return 'not comparable';
  return storedSha256 === expectedSha256 ? 'same' : 'changed';
}

function describe(request: CopyRequest, { head, ...hashes }: ContentHashes, storedAt: string): StoredCopy {
  return { item: { path: pathInPackage(request.path), ...hashes, storedAt }, head };
}

/** A blob's path in its package: its name without the collection's id. */
function pathInPackage(blobName: string): string {
  return blobName.replace(/^[0-9a-f]{32}(?:-r\d{1,3})?\//, '');
}
