import type { ContainerClient } from '@azure/storage-blob';
import type { CustodyLine } from '../domain/custody.ts';
import { copyFromLink } from './copy-from-link.ts';
import type { CopyRequest } from './copy-request.ts';
import { makeLinkDispatcher } from './link-dispatcher.ts';
import { putOnce } from './put-once.ts';
import { listPackage, readWhole } from './read-evidence.ts';
import { readImmutability } from './read-immutability.ts';

/** The containers that packages lie in: `custody` takes the entries that come after a seal. */
export interface PackageContainers {
  readonly evidence: ContainerClient;
  readonly custody: ContainerClient;
}

/** The largest result that is copied, in bytes: GetFile ends at 3 GB (Defender: live response limits), and a little room. */
const MAX_RESULT_BYTES = 4 * 1024 ** 3;
const MAX_TEXT_BYTES = 64 * 1024 ** 2;
const LIMITS = { maxBytes: MAX_RESULT_BYTES, maxInsideBytes: 16 * 1024 ** 3, maxInsideRatio: 200 };

/** Packages in Blob Storage by collection and path: everything is written once; results come only from allowed hosts. */
export function openPackages({ evidence, custody }: PackageContainers, allowedHosts: readonly string[]) {
  const dispatcher = makeLinkDispatcher({ allowed: allowedHosts });
  return {
    async putText(collectionId: string, path: string, text: string) {
      const bytes = new TextEncoder().encode(text);
      const stored = await putOnce(evidence, `${collectionId}/${path}`, bytes, contentTypeOf(path));
      return { text: new TextDecoder().decode(stored.content), bytes: stored.bytes, sha256: stored.sha256 };
    },
    async copyResult(
      collectionId: string,
      path: string,
      request: Pick<CopyRequest, 'askForLink' | 'mayCommit' | 'onProgress' | 'signal'>,
    ) {
      const copied = await copyFromLink({
        container: evidence,
        path: `${collectionId}/${path}`,
        ...request,
        allowedHosts,
        dispatcher,
        limits: LIMITS,
      });
      if (copied.outcome === 'no result' || copied.outcome === 'refused')
        return { outcome: copied.outcome, reason: copied.reason };
      return { outcome: 'stored' as const, item: { ...copied.item, path }, head: copied.head };
    },
    async readText(collectionId: string, path: string) {
      const read = await readWhole(evidence, `${collectionId}/${path}`, MAX_TEXT_BYTES);
      return read.outcome === 'read' ? new TextDecoder().decode(read.content) : null;
    },
    listFiles: (collectionId: string) => listPackage(evidence, collectionId),
    readImmutability: (collectionId: string, path: string) => readImmutability(evidence, `${collectionId}/${path}`),
    async putCustodyLine(collectionId: string, { number, line }: CustodyLine) {
      await putOnce(custody, `${collectionId}/${number}.json`, new TextEncoder().encode(line), 'application/json');
    },
  };
}

function contentTypeOf(path: string): string {
  if (path.endsWith('.html')) return 'text/html; charset=utf-8';
  return path.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8';
}
