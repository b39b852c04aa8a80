import { describe, expect, it } from 'vitest';
import { watchQuiet } from '../../../shared/pipeline/watch-quiet.ts';
import type { OpenEntry } from '../../../shared/domain/open-entry.ts';

const entry: OpenEntry = {
  id: 'a'.repeat(32),
  rank: 0,
  receivedAt: '2026-11-20T08:00:00.000Z',
  deadline: '2026-11-23T08:00:00.000Z',
  status: 'received',
  notBefore: '2026-11-20T08:00:00.000Z',
  machineId: null,
  reach: 'unknown',
  action: null,
  reason: null,
};

function play() {
  let [open, nowMs, asked] = [0, Date.parse('2026-11-20T08:00:00.000Z'), 0];
  const listOpen = async (atMost = Number.POSITIVE_INFINITY) => {
    asked += 1;
    return Array<OpenEntry>(Math.min(open, atMost)).fill(entry);
  };
  const quiet = watchQuiet({ listOpen }, () => new Date(nowMs));
  /** At that time, with so many open: the answer, and how often the index was asked until then. */
  const askAt = async (ms: number, isOpen: number) => {
    nowMs = Date.parse('2026-11-20T08:00:00.000Z') + ms;
    open = isOpen;
    return [await quiet.ask(), asked];
  };
  return { askAt };
}

describe('whether it is quiet', () => {
  it.each([
    [10, 'quiet'],
    [11, 'busy'],
    [500, 'busy'],
  ])('with %i open it is %s', async (isOpen, answer) => {
    expect(await play().askAt(0, isOpen)).toEqual([answer, 1]);
  });

  it('is asked each time while little is open', async () => {
    const { askAt } = play();
    expect(await askAt(0, 10)).toEqual(['quiet', 1]);
    expect(await askAt(0, 11)).toEqual(['busy', 2]);
  });

  it('that it is not is taken from the last answer for a second, and no longer', async () => {
    const { askAt } = play();
    expect(await askAt(0, 11)).toEqual(['busy', 1]);
    expect(await askAt(999, 0)).toEqual(['busy', 1]);
    expect(await askAt(1_000, 0)).toEqual(['quiet', 2]);
    expect(await askAt(1_001, 11)).toEqual(['busy', 3]);
  });

  it('a clock that was set back does not keep it busy', async () => {
    const { askAt } = play();
    expect(await askAt(0, 11)).toEqual(['busy', 1]);
    expect(await askAt(-3_600_000, 0)).toEqual(['quiet', 2]);
  });
});
