import { createHash, randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hideLink } from '../../../shared/domain/result-link.ts';
import { CopyError } from '../../../shared/evidence/copy-error.ts';
import { copyFromLink } from '../../../shared/evidence/copy-from-link.ts';
import type { CopyAnswer, CopyRequest } from '../../../shared/evidence/copy-request.ts';
import { type Answer, answerStatus, makeBytes, serve, startSource, type TestSource } from './start-source.ts';
import { startStorage, type TestStorage } from './start-storage.ts';

const KIB = 1024;
const MIB = 1024 * 1024;
const COLLECTION = '0123456789abcdef0123456789abcdef';
const LOOPBACK = ['http://127.0.0.1'];

let storage: TestStorage;
const sources: TestSource[] = [];
beforeAll(async () => {
  storage = await startStorage();
}, 60_000);
afterEach(async () => {
  await Promise.all(sources.splice(0).map((source) => source.close()));
});
afterAll(async () => {
  await storage.close();
});

interface Trial {
  readonly request: CopyRequest;
  readonly source: TestSource;
  /** How often a link was asked for, and how long was waited between. */
  readonly seen: { links: number; waits: number[] };
}

async function prepare(answers: readonly Answer[], changes: Partial<CopyRequest> = {}): Promise<Trial> {
  const source = await startSource(answers);
  sources.push(source);
  const seen: Trial['seen'] = { links: 0, waits: [] };
  const request: CopyRequest = {
    container: storage.container,
    path: `${COLLECTION}/data/${randomUUID()}/content`,
    askForLink: async () => {
      seen.links += 1;
      return { outcome: 'link', link: hideLink(source.link) };
    },
    allowedHosts: LOOPBACK,
    limits: { maxBytes: 64 * MIB, maxInsideBytes: 64 * MIB, maxInsideRatio: 1000 },
    wait: async (ms) => {
      seen.waits.push(ms);
    },
    ...changes,
  };
  return { request, source, seen };
}

/** What storage holds under the path of a copy, compared with what it should hold. */
async function compareStored({ path }: CopyRequest, content: Buffer | null): Promise<'nothing' | 'same' | 'other'> {
  const blob = storage.container.getBlockBlobClient(path);
  if (!(await blob.exists())) return 'nothing';
  const { readableStreamBody: body } = await blob.download();
  if (body === undefined) throw new Error('Storage answered without bytes.');
  const stored = await buffer(body);
  return content?.equals(stored) ? 'same' : 'other';
}

async function fail(request: CopyRequest): Promise<CopyError> {
  const error: unknown = await copyFromLink(request).catch((thrown: unknown) => thrown);
  if (!(error instanceof CopyError)) throw new Error(`It did not fail with a CopyError: ${inspect(error)}`);
  expect(`${inspect(error, { depth: 20, showHidden: true })} ${error.stack} ${JSON.stringify(error)}`).not.toMatch(
    /SECRET|sig=|127\.0\.0\.1/,
  );
  return error;
}

const known = new WeakMap<Buffer, { bytes: number; sha256: string; sha1: string; md5: string }>();
function hashesOf(content: Buffer) {
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

function itemOf(answer: CopyAnswer) {
  if (answer.outcome !== 'stored' && answer.outcome !== 'already there') throw new Error(inspect(answer));
  return answer.item;
}

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

describe('I4 a link that expires is made again', () => {
  const lengths = [0, 1, 8 * MIB - 1, 8 * MIB + 1];
  const cases = lengths.flatMap((length) => [0, 1, 50, 99, 100].map((percent) => ({ length, percent })));
  it.each([...cases, { length: 20 * MIB, percent: 50 }])(
    'after $percent % of $length bytes',
    async ({ length, percent }) => {
      const content = makeBytes(length);
      const cutAfter = Math.floor((length * percent) / 100);
      const answers =
        percent === 0
          ? [answerStatus(403), serve(content)]
          : percent === 100
            ? [serve(content), answerStatus(403)]
            : [serve(content, { cutAfter }), answerStatus(403), serve(content)];
      const { request, source } = await prepare(answers);
      expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));
      expect(await compareStored(request, content)).toBe('same');
      const last = source.requests.at(-1);
      if (percent > 0 && percent < 100 && cutAfter > 0) {
        expect([last?.range, last?.['if-match']]).toEqual([`bytes=${cutAfter}-`, '"0x1"']);
      } else expect(last).not.toHaveProperty('range');
    },
  );

  it('gives up after five in a row, and waits longer each time', async () => {
    const { request, seen } = await prepare([answerStatus(403)]);
    const error = await fail(request);
    expect(error.code).toBe('link-expired');
    expect(seen).toEqual({ links: 5, waits: [0, 1000, 2000, 4000] });
    expect(await compareStored(request, null)).toBe('nothing');
  });

  it('goes on as long as each link brings a block', async () => {
    const content = makeBytes(6 * 8 * MIB);
    const cuts = [1, 2, 3, 4, 5].map((blocks) => serve(content, { cutAfter: blocks * 8 * MIB }));
    const { request, seen } = await prepare([...cuts, serve(content)]);
    expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));
    expect(seen.waits).toEqual([0, 0, 0, 0, 0]);
  });

  it('ends without a result when no further link is to be had', async () => {
    const { request, source } = await prepare([serve(makeBytes(1000), { cutAfter: 10 })]);
    let links = 0;
    const answer = await copyFromLink({
      ...request,
      askForLink: async () => {
        links += 1;
        if (links === 1) return { outcome: 'link', link: hideLink(source.link) };
        return { outcome: 'no result', reason: 'Defender has no result for this command.' };
      },
    });
    expect(answer).toEqual({ outcome: 'no result', reason: 'Defender has no result for this command.' });
    expect(await compareStored(request, null)).toBe('nothing');
  });

  it('lets the errors of asking for a link through', async () => {
    const { request } = await prepare([serve(Buffer.alloc(0))]);
    const asked = new Error('Defender is throttling.');
    await expect(copyFromLink({ ...request, askForLink: () => Promise.reject(asked) })).rejects.toBe(asked);
  });
});

describe('I4 a source that lies or fails stores nothing wrong', () => {
  const content = makeBytes(90 * KIB);
  const other = makeBytes(90 * KIB, 2);
  const cut = serve(content, { cutAfter: 30 * KIB });
  const ranged =
    (headers: Record<string, string>, body: Buffer): Answer =>
    (_request, response) => {
      response.writeHead(206, { etag: '"0x1"', ...headers }).end(body);
    };
  const rest = content.subarray(30 * KIB);
  const shorter: Answer = (request, response) => {
    if (request.headers.range !== undefined) return answerStatus(416)(request, response);
    response.writeHead(200, { etag: '"0x1"', 'content-length': content.length + 10 });
    response.write(content, () => setImmediate(() => response.destroy()));
  };

  it.each<[string, Answer]>([
    [
      'answers a range with the whole',
      (_request, response) => void response.writeHead(200, { etag: '"0x1"' }).end(content),
    ],
    ['sends another range', ranged({ 'content-range': `bytes 0-${content.length - 1}/${content.length}` }, content)],
    [
      'changes its length',
      ranged({ 'content-range': `bytes ${30 * KIB}-${content.length}/${content.length + 1}` }, rest),
    ],
    [
      'announces another length than its range has',
      ranged(
        { 'content-range': `bytes ${30 * KIB}-${content.length - 1}/${content.length}`, 'content-length': '7' },
        rest.subarray(0, 7),
      ),
    ],
    ['hides its range', ranged({}, rest)],
    [
      'changes its ETag and ignores If-Match',
      ranged(
        { etag: '"0x2"', 'content-range': `bytes ${30 * KIB}-${content.length - 1}/${content.length}` },
        other.subarray(30 * KIB),
      ),
    ],
    ['changes its ETag and says so', answerStatus(412)],
    ['has no such range any more', answerStatus(416)],
    [
      'sends more than its range',
      ranged(
        { 'content-range': `bytes ${30 * KIB}-${content.length - 1}/${content.length}` },
        Buffer.concat([rest, rest]),
      ),
    ],
  ])('begins anew when it %s', async (_name, lie) => {
    const good = await prepare([cut, lie, serve(content)]);
    expect(itemOf(await copyFromLink(good.request))).toMatchObject(hashesOf(content));
    expect(await compareStored(good.request, content)).toBe('same');

    const bad = await prepare([cut, lie, cut, lie, cut, lie, serve(content)]);
    expect((await fail(bad.request)).code).toBe('source-inconsistent');
    expect(bad.seen.links).toBe(6);
    expect(await compareStored(bad.request, null)).toBe('nothing');
  });

  it('asks for the rest when it sends only a part of a range', async () => {
    const part = ranged(
      { 'content-range': `bytes ${30 * KIB}-${60 * KIB - 1}/${90 * KIB}` },
      rest.subarray(0, 30 * KIB),
    );
    const { request, source } = await prepare([cut, part, serve(content)]);
    expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));
    expect(source.requests.map(({ range }) => range)).toEqual([undefined, 'bytes=30720-', 'bytes=61440-']);
  });

  it('stores what the source holds at last when it changed in the middle', async () => {
    const [before, after] = [makeBytes(17 * MIB), makeBytes(9 * MIB, 2)];
    const { request } = await prepare([serve(before, { cutAfter: 16.5 * MIB }), serve(after, { etag: '"0x2"' })]);
    expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(after));
    expect(await compareStored(request, after)).toBe('same');
  });

  it.each<[string, readonly Answer[], string]>([
    ['is always shorter than announced', [shorter], 'source-inconsistent'],
    [
      'announces no length',
      [
        (_request, response) =>
          void response.writeHead(200, { connection: 'close', 'transfer-encoding': 'identity' }).end('a'),
      ],
      'source-inconsistent',
    ],
    ['has no ETag to go on by', [serve(content, { etag: null, cutAfter: KIB })], 'source-inconsistent'],
    ['has a weak ETag only', [serve(content, { etag: 'W/"0x1"', cutAfter: KIB })], 'source-inconsistent'],
    ['cuts every connection', [(request) => void request.socket.destroy()], 'connection-cut'],
    ['never gets on', [serve(content, { cutAfter: 0 })], 'connection-cut'],
    ['is gone', [answerStatus(404)], 'source-answer'],
    ['answers nonsense', [answerStatus(204)], 'source-answer'],
    ['is busy for long', [answerStatus(503, { 'retry-after': '120' })], 'source-busy'],
    ['fails again and again', [answerStatus(500)], 'source-busy'],
  ])('stores nothing when it %s', async (_name, answers, code) => {
    const { request } = await prepare(answers);
    expect((await fail(request)).code).toBe(code);
    expect(await compareStored(request, null)).toBe('nothing');
  });

  it('goes on after a stall', async () => {
    const stall: Answer = (_request, response) => {
      response.writeHead(200, { etag: '"0x1"', 'content-length': content.length });
      response.write(content.subarray(0, KIB));
    };
    const { request, source } = await prepare([stall, serve(content)], { idleTimeoutMs: 200 });
    expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));
    expect(source.requests[1]?.range).toBe(`bytes=${KIB}-`);
  });

  it('gives up a source that never answers', async () => {
    const cuts = Array<Answer>(4).fill((incoming) => void incoming.socket.destroy());
    const { request } = await prepare([...cuts, () => undefined], { idleTimeoutMs: 50 });
    expect((await fail(request)).code).toBe('source-stalled');
  });

  it('I11 waits as long as a busy source asks for, and tells it when that is too long', async () => {
    const short = await prepare([answerStatus(503, { 'retry-after': '7' }), serve(Buffer.from('a'))]);
    expect((await copyFromLink(short.request)).outcome).toBe('stored');
    expect(short.seen.waits).toEqual([7000]);
    const long = await prepare([answerStatus(429, { 'retry-after': '120' })]);
    expect((await fail(long.request)).retryAfterMs).toBe(120_000);
    expect(long.seen.waits).toEqual([]);
  });

  it('stores nothing when storage finds a block damaged on its way', async () => {
    const { request } = await prepare([serve(content)]);
    const error = await fail({ ...request, container: storage.damaged });
    expect(error.message).toContain('Md5Mismatch');
    expect(await compareStored(request, null)).toBe('nothing');
  });

  it('says so when there is no container', async () => {
    const { request } = await prepare([serve(content)]);
    const container = storage.open('absent');
    expect((await fail({ ...request, container })).message).toContain('ContainerNotFound');
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { request } = await prepare([serve(makeBytes(20 * MIB))], { signal: stop.signal });
    expect((await fail({ ...request, onProgress: () => stop.abort() })).code).toBe('stopped');
    expect(await compareStored(request, null)).toBe('nothing');
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

describe('I5 a blob that exists stands', () => {
  it('answers a second copy with what is stored, and asks for no link', async () => {
    const first = await prepare([serve(makeBytes(9 * MIB))]);
    const stored = await copyFromLink(first.request);
    const second = await prepare([serve(makeBytes(9 * MIB, 2))], { path: first.request.path });
    expect(await copyFromLink(second.request)).toEqual({ ...stored, outcome: 'already there' });
    expect(second.seen.links).toBe(0);
  });

  it('takes what another copy stored while its own result was on its way', async () => {
    const [theirs, ours] = [makeBytes(9 * MIB, 2), makeBytes(9 * MIB)];
    const path = `${COLLECTION}/data/${randomUUID()}/content`;
    const overtaken: Answer = (incoming, response) => {
      const stored = storage.container.getBlockBlobClient(path).upload(theirs, theirs.length);
      stored.then(() => serve(ours)(incoming, response)).catch(() => response.destroy());
    };
    const { request } = await prepare([overtaken], { path });
    const answer = await copyFromLink(request);
    expect(answer.outcome).toBe('already there');
    expect(itemOf(answer)).toMatchObject(hashesOf(theirs));
    expect(await compareStored(request, theirs)).toBe('same');
  });

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
    const blob = await storage.container.getBlockBlobClient(path).downloadToBuffer();
    expect(one).toMatchObject(hashesOf(blob));
    expect(contents.some((content) => content.equals(blob))).toBe(true);
  });
});
