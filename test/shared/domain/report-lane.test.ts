import { expect, test } from 'vitest';
import { describePackage } from '../../../shared/domain/package-record.ts';
import type { PackageRecord } from '../../../shared/domain/package-record-schema.ts';
import { readSpans } from '../../../shared/domain/report-lane.ts';
import { liveWell, sha256, WORDS } from './package-record-fixture.ts';

const { collection, custody } = liveWell();
const record = describePackage(collection, custody, '0.1.0', sha256, WORDS);

/** The spans of a record whose custody log tells of these events, in seconds since its receipt. */
function spansOf(events: readonly (readonly [seconds: number, event: string])[]) {
  const startMs = Date.parse(record.times.receivedAt);
  const entries = events.map(([seconds, event], index) => ({
    number: index + 1,
    at: new Date(startMs + seconds * 1000).toISOString(),
    event,
    actor: 'collector',
    detail: {},
  }));
  const given: PackageRecord = {
    ...record,
    alert: { ...record.alert, createdAt: null },
    custody: { ...record.custody, entries },
  };
  return readSpans(given).map(({ lane, fromMs, toMs }) => [lane, (fromMs - startMs) / 1000, (toMs - startMs) / 1000]);
}

test('a collection that went well goes through every lane', () => {
  const seconds = (ms: number) => (ms - Date.parse(record.times.receivedAt)) / 1000;
  expect(readSpans(record).map(({ lane, fromMs, toMs }) => [lane, seconds(fromMs), seconds(toMs)])).toEqual([
    ['alert', -9.877, 0],
    ['looked up', 0, 2.4],
    ['queued', 2.4, 2.5],
    ['queued', 2.5, 5],
    ['pending', 5, 123],
    ['running', 123, 253],
    ['copied', 253, 257.9],
    ['sealed', 257.9, 258.6],
  ]);
});

test('a second session waits from the last copy of the first on', () => {
  expect(
    spansOf([
      [0, 'received'],
      [1, 'planned'],
      [2, 'started'],
      [10, 'action ended'],
      [12, 'result stored'],
      [14, 'result stored'],
      [20, 'starting'],
      [21, 'started'],
      [22, 'in progress'],
      [30, 'action ended'],
      [31, 'result missing'],
      [33, 'sealing'],
    ]),
  ).toEqual([
    ['alert', 0, 0],
    ['looked up', 0, 1],
    ['queued', 1, 2],
    ['pending', 2, 10],
    ['copied', 10, 14],
    ['queued', 14, 20],
    ['queued', 20, 21],
    ['pending', 21, 22],
    ['running', 22, 30],
    ['copied', 30, 31],
    ['sealed', 31, 33],
  ]);
});

test('a machine that let it pend is waited for again', () => {
  expect(
    spansOf([
      [1, 'planned'],
      [2, 'started'],
      [100, 'returned to the plan'],
      [400, 'started'],
      [410, 'action ended'],
      [411, 'sealing'],
    ]),
  ).toEqual([
    ['alert', 0, 0],
    ['looked up', 0, 1],
    ['queued', 1, 2],
    ['pending', 2, 100],
    ['queued', 100, 400],
    ['pending', 400, 410],
    ['sealed', 410, 411],
  ]);
});

test('an entry that seems to be earlier than the one before it counts as simultaneous', () => {
  expect(
    spansOf([
      [5, 'planned'],
      [3, 'started'],
      [-100, 'in progress'],
      [4, 'action ended'],
      [8, 'sealing'],
    ]),
  ).toEqual([
    ['alert', 0, 0],
    ['looked up', 0, 5],
    ['sealed', 5, 8],
  ]);
});

test('ten thousand entries make a drawing that can still be drawn', () => {
  const events = Array.from(
    { length: 10_000 },
    (_, index) => [index, index % 2 ? 'started' : 'returned to the plan'] as const,
  );
  expect(spansOf(events)).toHaveLength(300);
});
