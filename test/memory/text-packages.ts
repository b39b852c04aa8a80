import type { EvidencePort } from '../../shared/pipeline/ports.ts';
import { hashBytes } from './memory-blobs.ts';

/** Texts of blobs by `<collection>/<path>`, those of the custody container by `custody:<collection>/<number>.json`; a test that sets or deletes one does it behind the service's back. */
export interface BlobTexts extends Iterable<[string, string]> {
  get(name: string): string | undefined;
  has(name: string): boolean;
  set(name: string, text: string): void;
  delete(name: string): void;
  keys(): Iterable<string>;
  values(): Iterable<string>;
}

/** Packages as plain texts that are written once. */
export function rememberTexts(
  now: () => Date,
  results: ReadonlyMap<string, string>,
): { blobs: BlobTexts; evidence: EvidencePort } {
  const blobs = new Map<string, string>();
  const evidence: EvidencePort = {
    async putText(collectionId, path, text) {
      const name = `${collectionId}/${path}`;
      const stored = blobs.get(name) ?? text;
      blobs.set(name, stored);
      return { text: stored, bytes: Buffer.byteLength(stored), sha256: hashBytes(Buffer.from(stored)) };
    },
    async copyResult(collectionId, path, { askForLink, mayCommit }) {
      const there = blobs.get(`${collectionId}/${path}`);
      let content = there ?? '';
      if (there === undefined) {
        const answer = await askForLink();
        if (answer.outcome === 'no result') return answer;
        const key = new URL(answer.link.reveal()).pathname.slice(1);
        content = results.get(key) ?? '';
        if ((await mayCommit?.()) === 'stop') throw new Error('Nobody waits for this result any more.');
        blobs.set(`${collectionId}/${path}`, content);
      }
      const hashes = { sha256: hashBytes(Buffer.from(content)), sha1: '1'.repeat(40), md5: '2'.repeat(32) };
      const item = {
        path,
        bytes: Buffer.byteLength(content),
        ...hashes,
        inside: null,
        storedAt: now().toISOString(),
      };
      return { outcome: 'stored', item, head: new TextEncoder().encode(content) };
    },
    async readText(collectionId, path) {
      return blobs.get(`${collectionId}/${path}`) ?? null;
    },
    async listFiles(collectionId) {
      return [...blobs].flatMap(([name, text]) =>
        name.startsWith(`${collectionId}/`)
          ? [{ path: name.slice(collectionId.length + 1), bytes: Buffer.byteLength(text) }]
          : [],
      );
    },
    readImmutability: async () => ({ state: 'none' }),
    async putCustodyLine(collectionId, { number, line }) {
      const name = `custody:${collectionId}/${number}.json`;
      if (!blobs.has(name)) blobs.set(name, line);
    },
  };
  return { blobs, evidence };
}
