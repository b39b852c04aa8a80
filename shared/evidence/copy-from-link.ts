import type { Dispatcher } from 'undici';
import type { EvidenceItem } from '../domain/result.ts';
import { CopyError } from './copy-error.ts';
import { copyOnce } from './copy-once.ts';
import type { CopyAnswer, CopyRequest } from './copy-request.ts';
import type { ContentHashes } from './hash-content.ts';
import { hashStored } from './hash-stored.ts';
import { makeLinkDispatcher } from './link-dispatcher.ts';
import { storageFault } from './stage-blocks.ts';

/** How often a copy begins at zero when its source is not the same any more. */
const MAX_STARTS = 3;

/** Streams a result into a blob that did not exist and hashes it on the way; goes on with new links, and commits only what is whole. A blob that exists stands, and no link is asked for. Throws CopyError for what may go away. */
export async function copyFromLink(request: CopyRequest): Promise<CopyAnswer> {
  const dispatcher = request.dispatcher ?? makeLinkDispatcher({ allowed: request.allowedHosts });
  try {
    return (await findStored(request)) ?? (await copyAnew(request, dispatcher));
  } catch (error) {
    if (request.signal?.aborted) throw new CopyError('stopped', 'The copy was stopped before its end.');
    const stored = error instanceof CopyError && error.code === 'storage' ? await findStored(request) : null;
    if (stored === null) throw error;
    return stored;
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
        return describe(request, answer.outcome, answer.hashes, answer.storedAt);
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

async function findStored(request: CopyRequest): Promise<CopyAnswer | null> {
  try {
    const stored = await hashStored(request.container, request.path, request.limits, request.signal);
    if (stored.outcome === 'not found') return null;
    return describe(request, 'already there', stored.hashes, stored.storedAt);
  } catch (error) {
    throw storageFault(error);
  }
}

function describe(
  request: CopyRequest,
  outcome: 'stored' | 'already there',
  { head, ...hashes }: ContentHashes,
  storedAt: string,
): CopyAnswer {
  const item: Omit<EvidenceItem, 'report'> = { path: pathInPackage(request.path), ...hashes, storedAt };
  return { outcome, item, head };
}

/** A blob's path in its package: its name without the collection's id. */
function pathInPackage(blobName: string): string {
  return blobName.replace(/^[0-9a-f]{32}(?:-r\d{1,3})?\//, '');
}
