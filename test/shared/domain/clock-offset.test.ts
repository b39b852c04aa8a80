import { expect, test } from 'vitest';
import { compareClocks } from '../../../shared/domain/clock-offset.ts';

const FROM = '2026-03-02T03:14:00.000Z';
const TO = '2026-03-02T03:18:00.000Z';

test.each([
  ['within our span', '2026-03-02T03:16:00Z', 'agrees', -120_000, 121_000],
  ['at its beginning, as a script tells whole seconds', '2026-03-02T03:13:59Z', 'agrees', -241_000, 0],
  ['at its end', '2026-03-02T03:18:00Z', 'agrees', 0, 241_000],
  ['a second before it', '2026-03-02T03:13:58Z', 'behind', -242_000, -1_000],
  ['a second after it', '2026-03-02T03:18:01Z', 'ahead', 1_000, 242_000],
  ['in the year 2099', '2099-03-02T03:16:00Z', 'ahead', 2_303_683_080_000, 2_303_683_321_000],
  ['in 1980', '1980-01-01T00:00:00Z', 'behind', -1_456_888_680_000, -1_456_888_439_000],
] as const)('a clock that was %s', (_, machineUtc, verdict, leastMs, mostMs) => {
  expect(compareClocks(machineUtc, FROM, TO)).toEqual({
    ...{ machineUtc, earliestAt: FROM, latestAt: TO },
    ...{ verdict, leastMs, mostMs },
  });
});

test('where our own two times are the wrong way round, the span is between them all the same', () => {
  expect(compareClocks('2026-03-02T03:16:00Z', TO, FROM)).toMatchObject({ verdict: 'agrees', leastMs: -120_000 });
});
