import { describe, expect, it } from 'vitest';
import type { InstanceName, Strike } from '../../bench/chaos/plan-strikes.ts';
import type { Slot } from '../../bench/chaos/slot.ts';
import { storm } from '../../bench/chaos/storm.ts';
import { takeAim } from '../../bench/chaos/take-aim.ts';

const CALL = { service: 'defender', call: 'start', method: 'POST', path: '/', headers: {} } as const;

/** Slots that only note what is done with them; `onStart` stands for what a started app does. */
function fakeWorld(onStart: (name: InstanceName) => void = () => undefined) {
  const done: string[] = [];
  const alive = new Set<InstanceName>();
  const makeSlot = (name: InstanceName): Slot => ({
    start: () => {
      if (alive.has(name)) return;
      alive.add(name);
      done.push(`start ${name}`);
      queueMicrotask(() => onStart(name));
    },
    listen: async () => null,
    url: () => null,
    kill: () => {
      alive.delete(name);
      done.push(`kill ${name}`);
    },
    ended: async () => undefined,
    close: async () => undefined,
    starts: () => 0,
    findings: () => [],
  });
  const slots = { first: makeSlot('first'), second: makeSlot('second') };
  return { slots, done, aiming: takeAim() };
}

function strikeOf(changes: Partial<Strike>): Strike {
  return { number: 1, apps: 'one', aim: { at: 'time' }, waitMs: 1, byTime: 'first', ...changes };
}

const run = (world: ReturnType<typeof fakeWorld>, strikes: readonly Strike[], signal = new AbortController().signal) =>
  storm(world, strikes, () => undefined, signal);

describe('a storm', () => {
  it('kills by time, both apps at once too, and starts only the first one again', async () => {
    const world = fakeWorld();
    const struck = await run(world, [strikeOf({}), strikeOf({ apps: 'two', byTime: 'both' }), strikeOf({})]);
    expect(struck.map(({ hit, killed }) => [hit, ...killed])).toEqual([
      ['by time', 'first'],
      ['by time', 'first', 'second'],
      ['by time', 'first'],
    ]);
    expect(world.done).toEqual([
      ...['start first', 'kill first', 'start first', 'start second'],
      ...['kill first', 'kill second', 'start first', 'kill first', 'start first'],
    ]);
  });

  it('kills whichever app makes the call that was aimed at, long before its time', async () => {
    const world = fakeWorld((name) => {
      if (name === 'second') world.aiming.watch('second').onAnswer(CALL, { status: 201, etag: null });
    });
    const aim = { at: 'after', call: 'start', skip: 0, lagMs: 0 } as const;
    const struck = await run(world, [strikeOf({ apps: 'two', aim, waitMs: 60_000 })]);
    expect(struck.map(({ hit, killed }) => [hit, ...killed])).toEqual([['its call', 'second']]);
    expect(world.done).toEqual(['start first', 'start second', 'kill second']);
  });

  it('kills by time where the call does not come', async () => {
    const aim = { at: 'before', call: 'commit', skip: 0, lagMs: 0 } as const;
    expect(await run(fakeWorld(), [strikeOf({ aim })])).toMatchObject([{ hit: 'by time', killed: ['first'] }]);
  });

  it('ends when it is told to leave', async () => {
    const leaving = new AbortController();
    const world = fakeWorld(() => leaving.abort());
    const strikes = [strikeOf({ waitMs: 60_000 }), strikeOf({ waitMs: 60_000 })];
    expect(await run(world, strikes, leaving.signal)).toHaveLength(1);
  });
});
