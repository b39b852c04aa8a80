import { describe, expect, it } from 'vitest';
import { judgeAnswer } from '../../../shared/evidence/judge-answer.ts';

const NOTHING_HELD = { offset: 0, totalBytes: null, etag: null };
const NOW_MS = Date.parse('2026-01-31T12:00:00Z');

describe('judgeAnswer', () => {
  it.each([
    ['0', 'ask again', 0],
    ['30', 'ask again', 30_000],
    ['31', 'give up', 31_000],
    ['86400', 'give up', 86_400_000],
    ['Sat, 31 Jan 2026 12:00:20 GMT', 'ask again', 20_000],
    ['Sat, 31 Jan 2026 13:00:00 GMT', 'give up', 3_600_000],
    ['Sat, 31 Jan 2026 11:00:00 GMT', 'ask again', 0],
    ['-5', 'ask again', 0],
    ['soon', 'ask again', 0],
    [undefined, 'ask again', 0],
  ])('I11 reads Retry-After %s', (header, verdict, ms) => {
    const judged = judgeAnswer({ status: 503, headers: { 'retry-after': header } }, NOTHING_HELD, 1000, NOW_MS);
    const waited =
      judged.verdict === 'ask again' ? judged.afterMs : 'retryAfterMs' in judged ? judged.retryAfterMs : null;
    expect([judged.verdict, waited]).toEqual([verdict, ms]);
  });

  it.each([
    [
      { 'content-length': '10', etag: '"0x1"' },
      { verdict: 'take', totalBytes: 10, etag: '"0x1"' },
    ],
    [
      { 'content-length': '10', etag: 'W/"0x1"' },
      { verdict: 'take', totalBytes: 10, etag: null },
    ],
    [{ 'transfer-encoding': 'chunked' }, { verdict: 'take', totalBytes: null, etag: null }],
    [{ 'content-length': '-1' }, { verdict: 'start again' }],
    [{ 'content-length': '1e3' }, { verdict: 'start again' }],
    [{ 'content-length': '1000' }, { verdict: 'take', totalBytes: 1000 }],
    [{ 'content-length': '1001' }, { verdict: 'refused' }],
    [{}, { verdict: 'start again' }],
  ])('judges a whole with %j', (headers, verdict) => {
    expect(judgeAnswer({ status: 200, headers }, NOTHING_HELD, 1000, NOW_MS)).toMatchObject(verdict);
  });

  it.each([
    ['bytes 4-9/10', 'take'],
    ['bytes 4-7/10', 'take'],
    ['bytes 5-9/10', 'start again'],
    ['bytes 4-10/10', 'start again'],
    ['bytes 4-3/10', 'start again'],
    ['bytes 4-9/11', 'start again'],
    ['bytes 4-9/*', 'start again'],
    ['bytes */10', 'start again'],
    ['', 'start again'],
  ])('judges a rest with Content-Range %s', (range, verdict) => {
    const held = { offset: 4, totalBytes: 10, etag: '"0x1"' };
    const answer = { status: 206, headers: { etag: '"0x1"', 'content-range': range } };
    expect(judgeAnswer(answer, held, 1000, NOW_MS).verdict).toBe(verdict);
  });

  it.each([
    ['"0x1"', 'take'],
    ['"0x2"', 'start again'],
    ['W/"0x1"', 'start again'],
    [undefined, 'start again'],
  ])('judges a rest with the ETag %s', (etag, verdict) => {
    const held = { offset: 4, totalBytes: null, etag: '"0x1"' };
    const answer = { status: 206, headers: { etag, 'content-range': 'bytes 4-9/10' } };
    expect(judgeAnswer(answer, held, 1000, NOW_MS).verdict).toBe(verdict);
  });

  it.each([
    [
      { 'content-range': 'bytes 0-9/10', etag: '"0x1"' },
      { verdict: 'take', totalBytes: 10, etag: '"0x1"' },
    ],
    [
      { 'content-range': 'bytes 0-9/10', 'content-length': '10' },
      { verdict: 'take', totalBytes: 10, etag: null },
    ],
    [
      { 'content-range': 'bytes 0-4/10', 'content-length': '5' },
      { verdict: 'take', totalBytes: 10, etag: null },
    ],
    [{ 'content-range': 'bytes 0-9/10', 'content-length': '9' }, { verdict: 'start again' }],
    [{ 'content-range': 'bytes 0-9/10', 'content-length': '11' }, { verdict: 'start again' }],
    [{ 'content-range': 'bytes 0-999/1000' }, { verdict: 'take', totalBytes: 1000 }],
    [{ 'content-range': 'bytes 0-1000/1001' }, { verdict: 'refused' }],
    [{ 'content-range': 'bytes 1-9/10' }, { verdict: 'start again' }],
    [{ 'content-length': '10' }, { verdict: 'start again' }],
  ])('judges the first range with %j', (headers, verdict) => {
    expect(judgeAnswer({ status: 206, headers }, NOTHING_HELD, 1000, NOW_MS)).toMatchObject(verdict);
  });
});
