import { expect, test } from 'vitest';
import {
  shortenBytes,
  writeBytes,
  writeCount,
  writeDuration,
  writeTime,
} from '../../../shared/domain/report-figures.ts';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1.0 KiB (1,024 bytes)'],
  [13_004_211, '12.4 MiB (13,004,211 bytes)'],
  [3_221_225_472, '3.0 GiB (3,221,225,472 bytes)'],
  [5_000_000_000_000, '4656.6 GiB (5,000,000,000,000 bytes)'],
])('%d bytes', (bytes, words) => {
  expect(writeBytes(bytes)).toBe(words);
  expect(words.startsWith(shortenBytes(bytes))).toBe(true);
});

test.each([
  [0, '0.0 s'],
  [449, '0.4 s'],
  [9_949, '9.9 s'],
  [9_999, '10 s'],
  [59_499, '59 s'],
  [59_999, '1 min 0 s'],
  [372_000, '6 min 12 s'],
  [3_599_900, '1 h 0 min'],
  [7_380_000, '2 h 3 min'],
  [86_399_000, '1 d 0 h'],
  [259_200_000, '3 d 0 h'],
])('%d ms', (durationMs, words) => {
  expect(writeDuration(durationMs)).toBe(words);
});

test.each([
  ['2026-05-02T03:14:07.123Z', '2026-05-02 03:14:07 UTC'],
  ['2026-05-02T03:14:07Z', '2026-05-02 03:14:07 UTC'],
  ['yesterday', 'yesterday'],
])('the time %s', (at, words) => {
  expect(writeTime(at)).toBe(words);
});

test('a count with its noun', () => {
  expect([writeCount(1, 'entry', 'entries'), writeCount(0, 'file'), writeCount(1204, 'entry', 'entries')]).toEqual([
    '1 entry',
    '0 files',
    '1,204 entries',
  ]);
});
