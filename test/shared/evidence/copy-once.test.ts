import { describe, expect, it } from 'vitest';
import { hideLink } from '../../../shared/domain/result-link.ts';
import { copyFromLink } from '../../../shared/evidence/copy-from-link.ts';
import { compareStored, fail, hashesOf, itemOf, KIB, MIB, prepare, theStorage, useStorage } from './prepare-copy.ts';
import { type Answer, answerStatus, makeBytes, serve } from './start-source.ts';

useStorage();

describe('I4 a link that expires is made again', () => {
  it('goes on with the rest by Range and If-Match', async () => {
    const content = makeBytes(90 * KIB);
    const answers = [serve(content, { cutAfter: 30 * KIB }), answerStatus(403), serve(content)];
    const { request, source } = await prepare(answers);
    expect(itemOf(await copyFromLink(request))).toMatchObject(hashesOf(content));
    expect(source.requests.map((headers) => [headers.range, headers['if-match']])).toEqual([
      ['bytes=0-', undefined],
      ['bytes=30720-', '"0x1"'],
      ['bytes=30720-', '"0x1"'],
    ]);
  });

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
    expect(source.requests.map(({ range }) => range)).toEqual(['bytes=0-', 'bytes=30720-', 'bytes=61440-']);
  });

  it('stores what the source holds at last when it changed in the middle, and mixes no blocks of two tries', async () => {
    const [before, after] = [makeBytes(9 * MIB), makeBytes(17 * MIB, 2)];
    const { request } = await prepare([serve(before, { cutAfter: 8.5 * MIB }), serve(after, { etag: '"0x2"' })]);
    const ids: string[] = [];
    const container = await theStorage().behind(({ kind, blockId }) => {
      if (kind === 'block') ids.push(Buffer.from(String(blockId), 'base64').toString());
      return 'pass';
    });
    expect(itemOf(await copyFromLink({ ...request, container }))).toMatchObject(hashesOf(after));
    expect(await compareStored(request, after)).toBe('same');
    const [first = '', ...others] = ids;
    expect(others.map((id) => id.slice(-6)).sort()).toEqual(['-00000', '-00001', '-00002']);
    expect(new Set(others.map((id) => id.slice(0, -6))).size).toBe(1);
    expect(others[0]?.slice(0, -6)).not.toBe(first.slice(0, -6));
    // Blocks of one blob have ids of one length (Azure Storage: Put Block), also those of another try.
    expect(new Set(ids.map((id) => id.length)).size).toBe(1);
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

  it('says so when there is no container', async () => {
    const { request } = await prepare([serve(content)]);
    const container = theStorage().open('absent');
    expect((await fail({ ...request, container })).message).toContain('ContainerNotFound');
  });

  it('stops when it is told to', async () => {
    const stop = new AbortController();
    const { request } = await prepare([serve(makeBytes(20 * MIB))], { signal: stop.signal });
    expect((await fail({ ...request, onProgress: () => stop.abort() })).code).toBe('stopped');
    expect(await compareStored(request, null)).toBe('nothing');
  });

  it('asks before its commit whether the result is still wanted, and stores nothing that is not', async () => {
    const { request } = await prepare([serve(content, { cutAfter: 30 * KIB }), serve(content)]);
    const asked: unknown[] = [];
    const mayCommit = async () => {
      asked.push(await compareStored(request, content));
      return 'stop' as const;
    };
    expect((await fail({ ...request, mayCommit })).code).toBe('stopped');
    expect(await compareStored(request, null)).toBe('nothing');
    expect(itemOf(await copyFromLink({ ...request, mayCommit: async () => 'commit' }))).toMatchObject(
      hashesOf(content),
    );
    expect(asked).toEqual(['nothing']);
  });
});
