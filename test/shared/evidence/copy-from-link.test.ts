import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { hideLink } from '../../../shared/domain/result-link.ts';
import { copyFromLink } from '../../../shared/evidence/copy-from-link.ts';
import { COLLECTION, compareStored, hashesOf, itemOf, MIB, prepare, theStorage, useStorage } from './prepare-copy.ts';
import { type Answer, answerStatus, makeBytes, serve } from './start-source.ts';

useStorage();

describe('I4 what is stored is what came', () => {
  it.each([0, 1, 8 * MIB - 1, 8 * MIB, 8 * MIB + 1, 20 * MIB])('copies %i bytes', async (length) => {
    const content = makeBytes(length);
    const { request, source, seen } = await prepare([serve(content)]);
    const progress: number[] = [];
    const answer = await copyFromLink({ ...request, onProgress: ({ receivedBytes }) => progress.push(receivedBytes) });
    expect(answer.outcome).toBe('stored');
    expect(itemOf(answer)).toMatchObject({ ...hashesOf(content), inside: null });
    expect(await compareStored(request, content)).toBe('same');
    expect(seen).toEqual({ links: 1, waits: [] });
    expect(source.requests[0]).not.toHaveProperty('authorization');
    expect(progress.length).toBe(Math.floor(length / (8 * MIB)));
  });

  it('names the item by its path in the package and by the time of the service', async () => {
    const { request } = await prepare([serve(Buffer.from('a'))], { path: `${COLLECTION}-r2/data/0-1-getfile/content` });
    const answer = await copyFromLink(request);
    const { lastModified, metadata, contentType, contentMD5 } = await request.container
      .getBlobClient(request.path)
      .getProperties();
    expect(itemOf(answer)).toEqual({
      path: 'data/0-1-getfile/content',
      bytes: 1,
      sha256: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb',
      sha1: '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8',
      md5: '0cc175b9c0f1b6a831c399e269772661',
      inside: null,
      storedAt: lastModified?.toISOString(),
    });
    expect(metadata).toEqual({ sha256: 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb' });
    expect(contentType).toBe('application/octet-stream');
    expect(Buffer.from(contentMD5 ?? []).toString('hex')).toBe('0cc175b9c0f1b6a831c399e269772661');
  });

  it.each([
    ['nothing', 0, 0],
    ['4 MiB', 4 * MIB, 4 * MIB],
    ['a byte more', 4 * MIB + 1, null],
  ])('hands back the whole content up to 4 MiB: %s', async (_name, length, headLength) => {
    const { request } = await prepare([serve(makeBytes(length))]);
    for (const outcome of ['stored', 'already there']) {
      const answer = await copyFromLink(request);
      const head = 'head' in answer && answer.head !== null ? hashesOf(Buffer.from(answer.head)) : null;
      expect({ outcome: answer.outcome, head }).toEqual({
        outcome,
        head: headLength === null ? null : hashesOf(makeBytes(headLength)),
      });
    }
  });

  it('takes a chunked answer, whose end gives its length', async () => {
    const content = makeBytes(MIB);
    const { request } = await prepare([
      (_request, response) => {
        response.write(content.subarray(0, 1000));
        response.end(content.subarray(1000));
      },
    ]);
    expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));
  });

  it('hashes the content of a gzip too', async () => {
    const inside = makeBytes(3 * MIB);
    const content = gzipSync(inside);
    const { request } = await prepare([serve(content)]);
    const expected = { ...hashesOf(content), inside: hashesOf(inside) };
    expect(itemOf(await copyFromLink(request))).toMatchObject(expected);
    expect(itemOf(await copyFromLink(request))).toMatchObject(expected);
  });

  it.each([
    ['more bytes than the cap', gzipSync(Buffer.alloc(2 * MIB)), { maxInsideBytes: 2 * MIB - 1, maxInsideRatio: 2000 }],
    ['more than the ratio allows', gzipSync(Buffer.alloc(2 * MIB)), { maxInsideBytes: 4 * MIB, maxInsideRatio: 100 }],
    ['a cut end', gzipSync(makeBytes(MIB)).subarray(0, MIB / 2), { maxInsideBytes: 4 * MIB, maxInsideRatio: 100 }],
  ])('stores a gzip that holds %s, and does not tell what is inside', async (_name, content, caps) => {
    const { request } = await prepare([serve(content)], { limits: { maxBytes: 64 * MIB, ...caps } });
    expect(itemOf(await copyFromLink(request))).toMatchObject({ ...hashesOf(content), inside: null });
    expect(await compareStored(request, content)).toBe('same');
  });
});

describe('links that are not followed', () => {
  it('refuses a redirect, and does not go there', async () => {
    const there = await prepare([serve(Buffer.from('a'))]);
    const { request } = await prepare([answerStatus(302, { location: there.source.link })]);
    expect(await copyFromLink(request)).toEqual({
      outcome: 'refused',
      reason: 'The result link answers with a redirect (302), which is not followed.',
    });
    expect(there.source.requests).toEqual([]);
  });

  it('refuses a host that is not allowed, and sends it nothing', async () => {
    const { request, source } = await prepare([serve(Buffer.from('a'))], { allowedHosts: ['.blob.core.windows.net'] });
    expect(await copyFromLink(request)).toEqual({ outcome: 'refused', reason: 'The result link is not https.' });
    expect(source.requests).toEqual([]);
  });

  it('refuses an allowed host whose address is not on the Internet', async () => {
    const { request } = await prepare([serve(Buffer.from('a'))], {
      allowedHosts: ['localhost'],
      askForLink: async () => ({ outcome: 'link', link: hideLink('https://localhost/x?sp=r&sig=SECRET') }),
    });
    expect(await copyFromLink(request)).toEqual({
      outcome: 'refused',
      reason: 'The host of the result link resolves to an address that is not on the Internet.',
    });
  });

  it.each<[string, Answer]>([
    ['announced', serve(makeBytes(1001))],
    [
      'not announced',
      (_request, response) => {
        response.write(makeBytes(1001));
        response.end();
      },
    ],
  ])('refuses a result over the limit, %s', async (_name, answer) => {
    const { request } = await prepare([answer], {
      limits: { maxBytes: 1000, maxInsideBytes: 1000, maxInsideRatio: 10 },
    });
    expect(await copyFromLink(request)).toEqual({
      outcome: 'refused',
      reason: 'The result is larger than 1000 bytes, the most that is copied.',
    });
    expect(await compareStored(request, null)).toBe('nothing');
  });
});

describe('I5 one blob', () => {
  it('makes one whole blob when two copy to the same path at once', async () => {
    const contents = [makeBytes(20 * MIB), makeBytes(20 * MIB, 2)];
    const begun: (() => void)[] = [];
    const together =
      (content: Buffer): Answer =>
      (_request, response) => {
        response.writeHead(200, { etag: '"0x1"', 'content-length': content.length });
        response.write(content.subarray(0, 17 * MIB));
        begun.push(() => response.end(content.subarray(17 * MIB)));
        if (begun.length === 2) for (const end of begun) end();
      };
    const path = `${COLLECTION}/data/${randomUUID()}/content`;
    const trials = await Promise.all(contents.map((content) => prepare([together(content)], { path })));
    const answers = await Promise.all(trials.map(({ request }) => copyFromLink(request)));
    expect(answers.map(({ outcome }) => outcome).sort()).toEqual(['already there', 'stored']);
    const [one, other] = answers.map(itemOf);
    expect(one).toEqual(other);
    const blob = await theStorage().container.getBlockBlobClient(path).downloadToBuffer();
    expect(one).toMatchObject(hashesOf(blob));
    expect(contents.some((content) => content.equals(blob))).toBe(true);
  });
});
