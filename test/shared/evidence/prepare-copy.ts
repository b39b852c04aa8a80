import { createHash, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { hideLink } from '../../../shared/domain/result-link.ts';
import { CopyError } from '../../../shared/evidence/copy-error.ts';
import { copyFromLink } from '../../../shared/evidence/copy-from-link.ts';
import type { CopyAnswer, CopyRequest } from '../../../shared/evidence/copy-request.ts';
import { type Answer, startSource, type TestSource } from './start-source.ts';
import { startStorage, type TestStorage } from './start-storage.ts';

export const KIB = 1024;
export const MIB = 1024 * KIB;
/** The id of the collection that all copies of a test are for. */
export const COLLECTION = '0123456789abcdef0123456789abcdef';

let running: TestStorage | null = null;
const sources: TestSource[] = [];

/** Registers the hooks that start a storage for a test file, and end it and all sources. */
export function useStorage(): void {
  beforeAll(async () => {
    running = await startStorage();
  }, 60_000);
  afterEach(async () => {
    await Promise.all(sources.splice(0).map((source) => source.close()));
  });
  afterAll(async () => {
    await running?.close();
  });
}

/** The storage of this test file. */
export function theStorage(): TestStorage {
  if (running === null) throw new Error('No storage runs: call useStorage() in the test file.');
  return running;
}

/** A copy to be tried, its source, and what it did. */
export interface Trial {
  readonly request: CopyRequest;
  readonly source: TestSource;
  /** How often a link was asked for, and how long was waited between. */
  readonly seen: { links: number; waits: number[] };
}

/** Prepares a copy from a source that gives these answers, without real waiting. */
export async function prepare(answers: readonly Answer[], changes: Partial<CopyRequest> = {}): Promise<Trial> {
  const source = await startSource(answers);
  sources.push(source);
  const seen: Trial['seen'] = { links: 0, waits: [] };
  const request: CopyRequest = {
    container: theStorage().container,
    path: `${COLLECTION}/data/${randomUUID()}/content`,
    askForLink: async () => {
      seen.links += 1;
      return { outcome: 'link', link: hideLink(source.link) };
    },
    allowedHosts: ['http://127.0.0.1'],
    limits: { maxBytes: 64 * MIB, maxInsideBytes: 64 * MIB, maxInsideRatio: 1000 },
    wait: async (ms) => {
      seen.waits.push(ms);
    },
    ...changes,
  };
  return { request, source, seen };
}

/** What storage holds under the path of a copy, compared with what it should hold. */
export async function compareStored(
  { path }: CopyRequest,
  content: Buffer | null,
): Promise<'nothing' | 'same' | 'other'> {
  const blob = theStorage().container.getBlockBlobClient(path);
  if (!(await blob.exists())) return 'nothing';
  const { readableStreamBody: body } = await blob.download();
  if (body === undefined) throw new Error('Storage answered without bytes.');
  const stored = await buffer(body);
  return content?.equals(stored) ? 'same' : 'other';
}

/** The error of a copy that must fail, after a look that it holds no link. */
export async function fail(request: CopyRequest): Promise<CopyError> {
  const error: unknown = await copyFromLink(request).catch((thrown: unknown) => thrown);
  if (!(error instanceof CopyError)) throw new Error(`It did not fail with a CopyError: ${inspect(error)}`);
  expect(`${inspect(error, { depth: 20, showHidden: true })} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(
    /SECRET|sig=|127\.0\.0\.1/,
  );
  return error;
}

const known = new WeakMap<Buffer, { bytes: number; sha256: string; sha1: string; md5: string }>();

/** Length and hashes of some bytes; computed once for each buffer. */
export function hashesOf(content: Buffer) {
  const digest = (name: string) => createHash(name).update(content).digest('hex');
  const hashes = known.get(content) ?? {
    bytes: content.length,
    sha256: digest('sha256'),
    sha1: digest('sha1'),
    md5: digest('md5'),
  };
  known.set(content, hashes);
  return hashes;
}

/** The item of a copy that has one. */
export function itemOf(answer: CopyAnswer) {
  if (answer.outcome !== 'stored' && answer.outcome !== 'already there') throw new Error(inspect(answer));
  return answer.item;
}
