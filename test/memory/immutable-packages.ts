import { MockAgent } from 'undici';
import { copyFromLink } from '../../shared/evidence/copy-from-link.ts';
import { openPackages } from '../../shared/evidence/packages.ts';
import type { EvidencePort } from '../../shared/pipeline/ports.ts';
import { connectBlobs } from './container-on-blobs.ts';
import { type MemoryBlobs, rememberBlobs } from './memory-blobs.ts';
import type { BlobTexts } from './text-packages.ts';

const SOURCE = 'https://results.example.com';
const LIMITS = { maxBytes: 4 * 1024 ** 3, maxInsideBytes: 16 * 1024 ** 3, maxInsideRatio: 200 };

/** Packages in containers that refuse every overwrite and delete, behind the real adapter and the real copy; results by the path of their links. */
export function openImmutablePackages(
  now: () => Date,
  results: ReadonlyMap<string, string>,
): { readonly blobs: BlobTexts; readonly evidence: EvidencePort } {
  const evidence = rememberBlobs(now, undefined, 'immutable');
  const custody = rememberBlobs(now, undefined, 'immutable');
  const container = connectBlobs(evidence);
  const packages = openPackages({ evidence: container, custody: connectBlobs(custody) }, []);
  const dispatcher = new MockAgent();
  dispatcher.disableNetConnect();
  dispatcher
    .get(SOURCE)
    .intercept({ path: () => true })
    .reply(({ path }) => {
      const content = results.get(new URL(path, SOURCE).pathname.slice(1)) ?? '';
      const headers = { etag: '"1"', 'content-length': String(Buffer.byteLength(content)) };
      return { statusCode: 200, data: content, responseOptions: { headers } };
    })
    .persist();
  return {
    blobs: viewTexts(evidence, custody),
    evidence: {
      ...packages,
      async copyResult(collectionId, path, request) {
        const copied = await copyFromLink({
          ...request,
          container,
          path: `${collectionId}/${path}`,
          allowedHosts: [new URL(SOURCE).host],
          dispatcher,
          limits: LIMITS,
          now,
        });
        if (copied.outcome === 'no result' || copied.outcome === 'refused') return copied;
        return { outcome: 'stored', item: { ...copied.item, path }, head: copied.head };
      },
    },
  };
}

/** Both containers as one; what is set or deleted here is done behind the service's back. */
function viewTexts(evidence: MemoryBlobs, custody: MemoryBlobs): BlobTexts {
  const place = (name: string): readonly [MemoryBlobs, string] =>
    name.startsWith('custody:') ? [custody, name.slice('custody:'.length)] : [evidence, name];
  const read = (name: string) => {
    const [store, path] = place(name);
    return store.get(path)?.content.toString('utf8');
  };
  const all = () =>
    new Map([
      ...evidence.list('').map(([name, { content }]) => [name, content.toString('utf8')] as const),
      ...custody.list('').map(([name, { content }]) => [`custody:${name}`, content.toString('utf8')] as const),
    ]);
  return {
    get: read,
    has: (name) => read(name) !== undefined,
    set(name, text) {
      const [store, path] = place(name);
      store.tamper(path, Buffer.from(text));
    },
    delete(name) {
      const [store, path] = place(name);
      store.tamper(path, null);
    },
    keys: () => all().keys(),
    values: () => all().values(),
    [Symbol.iterator]: () => all()[Symbol.iterator](),
  };
}
