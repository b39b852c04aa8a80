import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { makeMachine } from '../../../../local/simulator/make-entities.ts';
import type { RecordedFile } from '../../../../local/simulator/scenario.ts';
import { createManualClock } from '../../../../local/simulator/manual-clock.ts';
import { ask, getFile, startUnderTest, type UnderTest, windowsId } from '../simulator-under-test.ts';

const text = '0123456789';
const plain: RecordedFile = { content: { text }, gzip: false };

async function startWithResult(file: RecordedFile): Promise<UnderTest & { id: string; address: string }> {
  const underTest = await startRecorded(file);
  const id = await underTest.run(windowsId, [getFile('C:\\Users\\Public\\svc.exe')]);
  await underTest.ended(id);
  return { ...underTest, id, address: await underTest.link(id, 0) };
}

async function startRecorded(file: RecordedFile, clock?: ReturnType<typeof createManualClock>): Promise<UnderTest> {
  const underTest = await startUnderTest(
    { machines: [], timings: { commandMs: 0, pendingMs: 0, betweenPollsMs: 0 } },
    clock,
  );
  const entity = makeMachine({ id: windowsId, osPlatform: 'Windows11', computerDnsName: 'pc' });
  underTest.simulator.addMachine({ kind: 'recorded', entity, recording: { scripts: {}, files: {}, anyFile: file } });
  return underTest;
}

test('a link is on another origin and gives the bytes, with the headers of Blob Storage and no hash', async () => {
  const { simulator, address } = await startWithResult(plain);

  const answer = await ask(address);

  expect(new URL(address).origin).toBe(simulator.linkOrigin);
  expect(simulator.linkOrigin).not.toBe(simulator.apiUrl);
  expect([answer.status, answer.text]).toEqual([200, text]);
  expect(answer.headers.get('content-length')).toBe('10');
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  expect(answer.headers.get('accept-ranges')).toBe('bytes');
  expect(answer.headers.get('etag')).toMatch(/^"0x8D[0-9A-F]{13}"$/);
  expect(answer.headers.get('last-modified')).toMatch(/ GMT$/);
  expect(answer.headers.get('x-ms-blob-type')).toBe('BlockBlob');
  expect(answer.headers.has('content-md5')).toBe(false);
});

test('HEAD gives the headers alone', async () => {
  const { address } = await startWithResult(plain);
  const answer = await ask(address, { method: 'HEAD' });
  expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '10']);
});

test.each([
  ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
  ['bytes=3-5', 206, '345', 'bytes 3-5/10'],
  ['bytes=7-', 206, '789', 'bytes 7-9/10'],
  ['bytes=0-', 206, text, 'bytes 0-9/10'],
  ['bytes=8-99', 206, '89', 'bytes 8-9/10'],
  ['bytes=-3', 200, text, null],
  ['bytes=0-1,4-5', 200, text, null],
  ['bytes=5-3', 200, text, null],
  ['lines=1-2', 200, text, null],
])('Range %s is answered with %d', async (range, status, content, contentRange) => {
  const { address } = await startWithResult(plain);
  for (const name of ['range', 'x-ms-range']) {
    const answer = await ask(address, { headers: { [name]: range } });
    expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([status, content, contentRange]);
  }
});

test('a range beyond the end is 416 with the length', async () => {
  const { address } = await startWithResult(plain);
  const answer = await ask(address, { headers: { range: 'bytes=10-' } });
  expect([answer.status, answer.headers.get('content-range'), answer.headers.get('x-ms-error-code')]).toEqual([
    416,
    'bytes */10',
    'InvalidRange',
  ]);
});

test('a new link to the same result has the same ETag: a download goes on with If-Match', async () => {
  const { address, link, id } = await startWithResult(plain);
  const etag = (await ask(address)).headers.get('etag') ?? '';
  const again = await link(id, 0);

  const rest = await ask(again, { headers: { range: 'bytes=4-', 'if-match': etag } });
  expect([rest.status, rest.text, rest.headers.get('etag')]).toEqual([206, '456789', etag]);

  const other = await ask(again, { headers: { range: 'bytes=4-', 'if-match': '"0x8D0000000000000"' } });
  expect([other.status, other.headers.get('x-ms-error-code')]).toEqual([412, 'ConditionNotMet']);
});

test('a link ends after its lifetime, in the XML of storage, and can be made again', async () => {
  const clock = createManualClock('2021-02-04T15:43:50.250Z');
  const underTest = await startRecorded(plain, clock);
  const id = await underTest.run(windowsId, [getFile('C:\\x')]);
  await underTest.ended(id);
  const address = await underTest.link(id, 0);
  expect(address).toContain('?se=2021-02-04T16%3A13%3A50Z&sp=r&sv=2019-07-07&sr=b&sig=');

  await clock.advance(30 * 60_000 - 251);
  expect((await ask(address)).status).toBe(200);
  await clock.advance(1);
  const answer = await ask(address);

  expect([answer.status, answer.headers.get('x-ms-error-code'), answer.headers.get('content-type')]).toEqual([
    403,
    'AuthenticationFailed',
    'application/xml',
  ]);
  expect(answer.text.replace(/RequestId:[0-9a-f-]{36}/, 'RequestId:x')).toBe(
    '<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code><Message>Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature.\nRequestId:x\nTime:2021-02-04T16:13:50.0000000Z</Message><AuthenticationErrorDetail>Signed expiry time [Thu, 04 Feb 2021 16:13:50 GMT] must be after signed start time [Thu, 04 Feb 2021 16:13:50 GMT]</AuthenticationErrorDetail></Error>',
  );
  expect((await ask(await underTest.link(id, 0))).text).toBe(text);
});

test.each([
  ['its end moved', (link: string) => link.replace(/se=\d{4}/, 'se=2999'), 403, 'AuthenticationFailed'],
  ['more permissions', (link: string) => link.replace('sp=r', 'sp=rw'), 403, 'AuthenticationFailed'],
  ['another signature', (link: string) => link.replace(/sig=.*/, 'sig=AAAA'), 403, 'AuthenticationFailed'],
  ['another blob', (link: string) => link.replace(/[0-9a-f]\?/, 'g?'), 403, 'AuthenticationFailed'],
  ['no signature', (link: string) => link.replace(/\?.*/, ''), 404, 'ResourceNotFound'],
])('a link with %s is refused', async (_, change, status, code) => {
  const { address } = await startWithResult(plain);
  const answer = await ask(change(address));
  expect([answer.status, answer.headers.get('x-ms-error-code')]).toEqual([status, code]);
  expect(answer.text).toContain(`<Code>${code}</Code>`);
});

test('a request that brings a token is refused, and a write too', async () => {
  const { address, simulator } = await startWithResult(plain);
  const withToken = await ask(address, { headers: { authorization: `Bearer ${simulator.token}` } });
  expect([withToken.status, withToken.headers.get('x-ms-error-code')]).toEqual([400, 'InvalidAuthenticationInfo']);
  const write = await ask(address, { method: 'PUT', body: 'x' });
  expect([write.status, write.headers.get('x-ms-error-code')]).toEqual([403, 'AuthorizationPermissionMismatch']);
});

test('a file comes as one gzip member with its name, and decompresses to what was recorded', async () => {
  const { address } = await startWithResult({ content: { text: 'malware' }, gzip: true });
  const bytes = Buffer.from(await (await fetch(address)).arrayBuffer());
  expect(bytes.subarray(0, 4)).toEqual(Buffer.from([0x1f, 0x8b, 8, 8]));
  expect(bytes.subarray(10, 18).toString('latin1')).toBe('svc.exe\0');
  expect(gunzipSync(bytes).toString()).toBe('malware');
});

test('a gigabyte is there at once, and each of its ranges is cheap and always the same', async () => {
  const gigabyte = 1024 ** 3;
  const content = { generated: { bytes: gigabyte, seed: 'big' } };
  const { address } = await startWithResult({ content, gzip: false });
  expect((await ask(address, { method: 'HEAD' })).headers.get('content-length')).toBe(String(gigabyte));
  const read = async (start: number, end: number): Promise<Buffer> => {
    const answer = await fetch(address, { headers: { range: `bytes=${start}-${end - 1}` } });
    return Buffer.from(await answer.arrayBuffer());
  };

  const around = await read(gigabyte - 200_000, gigabyte);
  const inside = await read(gigabyte - 150_000, gigabyte - 50_000);

  expect(around).toHaveLength(200_000);
  expect(inside.equals(around.subarray(50_000, 150_000))).toBe(true);
  expect(createHash('sha256').update(around).digest('hex')).toBe(
    'b4ca05865a2b5df4100f725eb94b6da4abf5a8dc05e0cba685b700056f242e38',
  );
});
