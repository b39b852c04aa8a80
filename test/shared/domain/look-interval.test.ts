import { expect, it } from 'vitest';
import { lookInterval, shortestInterval } from '../../../shared/domain/look-interval.ts';
import type { WatchedAction } from '../../../shared/domain/open-entry.ts';

const NOW = '2026-11-20T08:30:00.000Z';
const fresh: WatchedAction = {
  id: 'action',
  status: 'Pending',
  startedAt: '2026-11-20T08:29:30.000Z',
  commandsLeft: 2,
  cancelAskedAt: null,
  attempt: { collectionId: 'c', session: 0, attempt: 1 },
};
const longPending: WatchedAction = { ...fresh, startedAt: '2026-11-20T08:20:00.000Z' };
const working: WatchedAction = { ...longPending, status: 'InProgress' };
const nearItsEnd: WatchedAction = { ...working, commandsLeft: 1 };

it('a list call at every shortest interval uses a fifth of the hourly quota', () => {
  expect(shortestInterval(1_500)).toBe(12_000);
  expect(shortestInterval(100)).toBe(180_000);
});

it.each([
  ['the last command of one runs', [longPending, fresh, nearItsEnd], 12_000],
  ['one is being cancelled', [longPending, { ...longPending, cancelAskedAt: NOW }], 12_000],
  ['some commands are still to come', [longPending, working], 24_000],
  ['one was just started', [longPending, fresh], 24_000],
  ['all pend for long', [longPending, longPending], 60_000],
])('when %s', (_, actions, expected) => {
  expect(lookInterval(actions, 1_500, NOW)).toBe(expected);
});
