import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { Fault } from '../../../../local/simulator/http/fault.ts';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { makeMachine } from '../../../../local/simulator/make-entities.ts';
import type { ScenarioMachine } from '../../../../local/simulator/scenario.ts';
import { ask, getFile, startUnderTest, windowsId } from '../simulator-under-test.ts';

const text = '0123456789'.repeat(1000);
const entity = makeMachine({ id: windowsId, osPlatform: 'Windows11', computerDnsName: 'pc' });
const anyFile = { content: { text }, gzip: false };
const machines: ScenarioMachine[] = [{ kind: 'recorded', entity, recording: { scripts: {}, files: {}, anyFile } }];

async function startWith(...faults: Fault[]) {
  const underTest = await startUnderTest({ machines, faults });
  const id = await underTest.run(windowsId, [getFile('C:\\a'), getFile('C:\\b')]);
  await underTest.ended(id);
  const [first, second] = [await underTest.link(id, 0), await underTest.link(id, 1)];
  const downloads = () => underTest.simulator.calls().filter((call) => call.origin === 'links');
  return { ...underTest, id, first, second, downloads };
}

/** What comes over the wire until the connection is closed, or until that many bytes of the body are there. */
function readRaw(address: string, { enough = Number.POSITIVE_INFINITY, range = 'none' } = {}) {
  const { hostname, port, pathname, search, host } = new URL(address);
  return new Promise<{ status: number; announced: number; body: string; end: string }>((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    const tell = (end: string) => {
      socket.destroy();
      const [head = '', body = ''] = received.split(/\r\n\r\n(.*)/s);
      const announced = Number(/^content-length: (\d+)$/im.exec(head)?.[1]);
      resolve({ status: Number(head.split(' ')[1]), announced, body, end });
    };
    socket.setEncoding('latin1');
    socket.on('data', (chunk) => {
      received += chunk;
      if ((received.split(/\r\n\r\n(.*)/s)[1] ?? '').length >= enough) tell('enough');
    });
    socket.on('end', () => tell('closed'));
    socket.on('error', reject);
    socket.write(`GET ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\nRange: ${range}\r\n\r\n`);
  });
}

test.each([0, 1, 5000, 9999])(
  'a download is cut after %d bytes, and goes on by range with If-Match',
  async (afterBytes) => {
    const { first, downloads } = await startWith({ on: 'result', do: 'cut', afterBytes, times: 1 });

    const cut = await readRaw(first);
    expect(cut).toEqual({ status: 200, announced: 10_000, body: text.slice(0, afterBytes), end: 'closed' });

    const etag = (await ask(first, { method: 'HEAD' })).headers.get('etag') ?? '';
    const rest = await ask(first, { headers: { range: `bytes=${afterBytes}-`, 'if-match': etag } });
    expect([rest.status, cut.body + rest.text]).toEqual([206, text]);
    await expect.poll(() => downloads().map((call) => call.answer), { interval: 5 }).toEqual(['lost', 'sent', 'sent']);
  },
);

test('a part is cut and stalled after that many bytes of the part', async () => {
  const { first } = await startWith(
    { on: 'result', do: 'cut', afterBytes: 4, times: 1 },
    { on: 'result', do: 'stall', afterBytes: 3, times: 1 },
  );
  expect(await readRaw(first, { range: 'bytes=5003-5010' })).toEqual({
    status: 206,
    announced: 8,
    body: '3456',
    end: 'closed',
  });
  const stalled = await readRaw(first, { range: 'bytes=5003-5010', enough: 3 });
  expect(stalled).toEqual({ status: 206, announced: 8, body: '345', end: 'enough' });
});

test('a download stalls after some bytes, and its connection stays open until the simulator closes', async () => {
  const { first, second, simulator, downloads } = await startWith({
    on: 'result',
    do: 'stall',
    afterBytes: 300,
    times: 1,
  });
  let end = 'none';
  const stalled = readRaw(first).then((raw) => {
    end = raw.end;
    return raw;
  });
  await expect.poll(() => downloads()[0]?.status, { interval: 5 }).toBe(200);
  // A whole other download has time to come and go.
  expect((await ask(second)).text).toBe(text);
  expect(end).toBe('none');
  await simulator.close();
  expect(await stalled).toEqual({ status: 200, announced: 10_000, body: text.slice(0, 300), end: 'closed' });
});

test.each([
  [50, 10_050],
  [-50, 9950],
])('with %d bytes more announced than there are', async (moreBytes, announced) => {
  const { first, downloads } = await startWith({ on: 'result', do: 'announce', moreBytes, times: 1 });
  expect(await readRaw(first)).toMatchObject({ status: 200, announced, body: text, end: 'closed' });
  await expect.poll(downloads, { interval: 5 }).toMatchObject([{ answer: 'truncated' }]);
});

test('a range is answered with everything and 200', async () => {
  const { first } = await startWith({ on: 'result', do: 'whole', times: 1 });
  const answer = await ask(first, { headers: { range: 'bytes=5-6' } });
  expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([200, text, null]);
});

test('another range is answered than was asked for', async () => {
  const { first } = await startWith({ on: 'result', do: 'shift', byBytes: 3, times: 1 });
  const answer = await ask(first, { headers: { range: 'bytes=5-6' } });
  expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([206, '89', 'bytes 8-9/10000']);
});

test('between two ranges the ETag changes, whatever If-Match says; without the fault it is 412', async () => {
  const { first } = await startWith({ on: 'result', do: 'other ETag', times: 2, skip: 1 });
  const etag = (await ask(first, { headers: { range: 'bytes=0-4' } })).headers.get('etag') ?? '';
  const headers = { range: 'bytes=5-9', 'if-match': etag };
  const changed = await ask(first, { headers });
  expect([changed.status, changed.text]).toEqual([206, '56789']);
  expect(changed.headers.get('etag')).toMatch(/^"0x8D[0-9A-F]{13}"$/);
  expect(changed.headers.get('etag')).not.toBe(etag);
  const other = { ...headers, 'if-match': changed.headers.get('etag') ?? '' };
  expect((await ask(first, { headers: other })).status).toBe(206);
  expect((await ask(first, { headers: other })).status).toBe(412);
  expect((await ask(first, { headers })).headers.get('etag')).toBe(etag);
});

test.each([
  [403, 'AuthenticationFailed', undefined],
  [412, 'ConditionNotMet', undefined],
  [500, 'InternalError', undefined],
  [503, 'ServerBusy', { 'retry-after': '7' }],
])('a download is refused with %d %s, also in the middle', async (status, code, headers) => {
  const { first, downloads } = await startWith(
    { on: 'result', do: 'cut', afterBytes: 10, times: 1 },
    { on: 'result', do: 'refuse', status, code, times: 1, ...(headers && { headers }) },
  );
  await readRaw(first);

  const refused = await ask(first, { headers: { range: 'bytes=10-' } });

  expect([refused.status, refused.headers.get('x-ms-error-code')]).toEqual([status, code]);
  expect(refused.text).toContain(`<Code>${code}</Code>`);
  expect(refused.headers.get('retry-after')).toBe(headers?.['retry-after'] ?? null);
  expect(downloads()[1]).toMatchObject({ status, retryAfterSeconds: headers === undefined ? null : 7 });
  expect((await ask(first, { headers: { range: 'bytes=9990-' } })).text).toBe('0123456789');
});

test('a link redirects to wherever the fault says', async () => {
  const location = 'http://169.254.169.254/metadata';
  const { first } = await startWith({ on: 'result', do: 'redirect', location, times: 1 });
  const answer = await ask(first, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([302, location]);
});

test('a connection is reset, or its answer late', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const faults: Fault[] = [
    { on: 'result', do: 'reset', times: 1 },
    { on: 'result', do: 'late', ms: 20_000, times: 1 },
  ];
  const { run, link, simulator } = await startUnderTest({ machines, faults }, clock);
  const id = await run(windowsId, [getFile('C:\\a')]);
  await clock.advance(60_000);
  const address = await link(id, 0);
  await expect(ask(address)).rejects.toThrow('fetch failed');
  const late = ask(address);
  await expect.poll(() => simulator.calls().at(-1)?.answer, { interval: 5 }).toBe('pending');
  const started = clock.now();
  await clock.advance(20_000);
  expect((await late).text).toBe(text);
  expect(Date.parse(simulator.calls().at(-1)?.answeredAt ?? '') - started).toBe(20_000);
});

test('a fault may be for one result of one action alone', async () => {
  const where = { index: 1, comment: 'test', machineId: windowsId };
  const { first, second, id, get } = await startWith({ on: 'result', do: 'reset', times: 1, where });
  expect((await ask(first)).status).toBe(200);
  await expect(ask(second)).rejects.toThrow('fetch failed');
  expect((await ask(second)).status).toBe(200);
  expect((await get(`machineactions/${id}`)).status).toBe(200);
});

test('an expired link is refused before any fault; the fault waits', async () => {
  const clock = createManualClock('2026-03-01T12:00:00Z');
  const faults: Fault[] = [{ on: 'result', do: 'redirect', location: 'http://x/', times: 1 }];
  const { run, link } = await startUnderTest({ machines, faults }, clock);
  const id = await run(windowsId, [getFile('C:\\a')]);
  await clock.advance(60_000);
  const address = await link(id, 0);
  await clock.advance(1_800_000);
  expect((await ask(address)).status).toBe(403);
  expect((await ask(await link(id, 0), { redirect: 'manual' })).status).toBe(302);
});

test('by a switch storage passes over a token that should not be there', async () => {
  const underTest = await startUnderTest({ machines, switches: { linkWithToken: 'served' } });
  const id = await underTest.run(windowsId, [getFile('C:\\a')]);
  await underTest.ended(id);
  const headers = { authorization: `Bearer ${underTest.simulator.token}` };
  expect((await ask(await underTest.link(id, 0), { headers })).status).toBe(200);
});
