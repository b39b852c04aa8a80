import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createManualClock } from '../../../local/simulator/manual-clock.ts';

const noon = '2026-03-01T12:00:00Z';
const never = new AbortController().signal;

test('who sleeps wakes in the order of time, at exactly that time, and what follows is done before time goes on', async () => {
  const clock = createManualClock(noon);
  const seen: string[] = [];
  const at = (): number => clock.now() - Date.parse(noon);
  const live = async (name: string, ...naps: number[]): Promise<void> => {
    for (const ms of naps) {
      await clock.sleep(ms, never);
      // Real work between two naps takes turns of the event loop.
      await readFile(import.meta.filename);
      seen.push(`${name} ${at()}`);
    }
  };
  const lives = [clock.track(() => live('a', 30, 30)), clock.track(() => live('b', 20, 20, 20))];

  await clock.advance(55);
  expect(seen).toEqual(['b 20', 'a 30', 'b 40']);
  expect(at()).toBe(55);

  await clock.advance(5);
  await Promise.all(lives);
  expect(seen.slice(3).toSorted()).toEqual(['a 60', 'b 60']);
});

test('what is not tracked wakes as well, and goes on in between', async () => {
  const clock = createManualClock(noon);
  const seen: number[] = [];
  const live = (async () => {
    for (let nap = 0; nap < 3; nap += 1) {
      await clock.sleep(10, never);
      seen.push(clock.now() - Date.parse(noon));
    }
  })();
  await clock.advance(100);
  await live;
  expect(seen).toEqual([10, 20, 30]);
});

test('advances that are asked for at once follow on one another', async () => {
  const clock = createManualClock(noon);
  await Promise.all([clock.advance(10), clock.advance(20), clock.advance(0)]);
  expect(clock.now()).toBe(Date.parse(noon) + 30);
});

test('a sleep ends with its signal, before or meanwhile, and time goes on without it', async () => {
  const clock = createManualClock(noon);
  const stop = new AbortController();
  const sleeping = clock.track(() => clock.sleep(10, stop.signal));
  stop.abort();
  await expect(sleeping).rejects.toThrow('aborted');
  await expect(clock.sleep(10, stop.signal)).rejects.toThrow('aborted');
  await clock.advance(20);
  expect(clock.now()).toBe(Date.parse(noon) + 20);
});

test('a nap of nothing needs no time', async () => {
  const clock = createManualClock(noon);
  await clock.sleep(0, never);
  expect(clock.now()).toBe(Date.parse(noon));
});

test.each([-1, Number.NaN])('a clock is not advanced by %d', async (ms) => {
  await expect(createManualClock(noon).advance(ms)).rejects.toThrow(RangeError);
});
