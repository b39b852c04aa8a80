import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { copyFromLink } from '../../../shared/evidence/copy-from-link.ts';
import type { CopyRequest } from '../../../shared/evidence/copy-request.ts';
import { compareStored, fail, hashesOf, itemOf, MIB, prepare, theStorage, useStorage } from './prepare-copy.ts';
import { type Answer, makeBytes, serve } from './start-source.ts';
import type { Fate, StorageCall } from './start-storage.ts';

useStorage();

/** Two blocks. */
const OURS = makeBytes(9 * MIB);
const THEIRS = makeBytes(MIB, 2);
const IMMUTABLE: Fate = { status: 409, code: 'BlobImmutableDueToPolicy' };

/** What a copy of another writer leaves. */
async function leave({ path }: CopyRequest, content: Buffer, metadata: Record<string, string> = {}): Promise<void> {
  await theStorage().container.getBlockBlobClient(path).upload(content, content.length, { metadata });
}

/** A copy whose storage refuses what `refused` names from the moment on that `content` was written by somebody else, null for nobody. */
async function prepareRefused(
  answers: readonly Answer[],
  content: Buffer | null,
  refused: StorageCall['kind'],
  refusal: Fate,
) {
  const trial = await prepare(answers);
  let wasLeft = false;
  const container = await theStorage().behind(async ({ kind }) => {
    if (kind !== refused) return 'pass';
    if (content !== null && !wasLeft) await leave(trial.request, content);
    wasLeft = true;
    return refusal;
  });
  return { ...trial, request: { ...trial.request, container } };
}

describe('I5 a second copy stores nothing, and says how what is there compares', () => {
  it.each<[string, Record<string, string>, string]>([
    ['the hash that its own copy noted', { sha256: hashesOf(THEIRS).sha256 }, 'same'],
    ['another hash than was noted', { sha256: hashesOf(OURS).sha256 }, 'changed'],
    ['no hash noted', {}, 'not comparable'],
  ])('without a link: %s', async (_name, metadata, compared) => {
    const { request, seen } = await prepare([serve(OURS)]);
    await leave(request, THEIRS, metadata);
    const answer = await copyFromLink(request);
    expect(answer).toMatchObject({ outcome: 'already there', compared });
    expect(itemOf(answer)).toMatchObject(hashesOf(THEIRS));
    expect(seen.links).toBe(0);
  });

  it('looks inside a gzip that is there, and hands back what is in it', async () => {
    const [inside, { request }] = [Buffer.from('{"exit_code":0}'), await prepare([serve(gzipSync('{"exit_code":0}'))])];
    const stored = await copyFromLink(request);
    expect(itemOf(stored)).toMatchObject({ ...hashesOf(gzipSync(inside)), inside: hashesOf(inside) });
    expect(stored).toMatchObject({ outcome: 'stored', head: inside });
    expect(await copyFromLink(request)).toEqual({ ...stored, outcome: 'already there', compared: 'same' });
  });
});

describe('I5 a refusal by immutable storage is no error where the content is there', () => {
  const conflicts: readonly [StorageCall['kind'], Fate][] = [
    ['block', IMMUTABLE],
    ['commit', IMMUTABLE],
    ['commit', { status: 409, code: 'BlobAlreadyExists' }],
    ['commit', { status: 412, code: 'ConditionNotMet' }],
  ];
  it.each(conflicts)('of a %s, %j', async (kind, refusal) => {
    const same = await prepareRefused([serve(OURS)], OURS, kind, refusal);
    const answer = await copyFromLink(same.request);
    expect(answer).toMatchObject({ outcome: 'already there', compared: 'same' });
    expect(itemOf(answer)).toMatchObject(hashesOf(OURS));
    expect(same.seen.links).toBe(1);

    const other = await prepareRefused([serve(OURS)], THEIRS, kind, refusal);
    const changed = await copyFromLink(other.request);
    expect(changed).toMatchObject({ outcome: 'already there', compared: 'changed' });
    expect(itemOf(changed)).toMatchObject(hashesOf(THEIRS));
    expect(await compareStored(other.request, THEIRS)).toBe('same');
  });

  it.each(conflicts)('but is one where nothing is there: of a %s, %j', async (kind, refusal) => {
    const { request } = await prepareRefused([serve(OURS)], null, kind, refusal);
    const error = await fail(request);
    expect([error.code, error.message]).toEqual(['storage', expect.stringMatching(/, status 4(09|12)\)/)]);
    expect(await compareStored(request, null)).toBe('nothing');
  });

  it('compares the whole, though its source is cut after the refusal', async () => {
    const cuts = [8.1, 8.3, 8.5, 8.7].map((mib) => serve(OURS, { cutAfter: Math.floor(mib * MIB) }));
    const { request } = await prepareRefused([...cuts, serve(OURS)], OURS, 'block', IMMUTABLE);
    expect(await copyFromLink(request)).toMatchObject({ outcome: 'already there', compared: 'same' });
  });

  it('takes its own blob for the one that is there when the answer to its commit was lost', async () => {
    const trial = await prepare([serve(OURS)]);
    let commits = 0;
    const container = await theStorage().behind(({ kind }) => {
      if (kind === 'commit') commits += 1;
      return kind === 'commit' && commits === 1 ? 'lose the answer' : 'pass';
    });
    const answer = await copyFromLink({ ...trial.request, container });
    expect(answer).toMatchObject({ outcome: 'already there', compared: 'same' });
    expect([commits, await compareStored(trial.request, OURS)]).toEqual([2, 'same']);
  });
});
