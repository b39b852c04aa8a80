import { describe, expect, it } from 'vitest';
import { startVirtualTime } from '../../../bench/storm/virtual-time.ts';

describe('virtual time', () => {
  it('jumps from wait to wait in their order, those of one moment in the order in which they began', async () => {
    const time = startVirtualTime();
    const seen: string[] = [];
    const sleeper = (name: string, ms: number) =>
      time.begin(async () => {
        await time.wait(ms);
        seen.push(`${name} ${time.nowMs()}`);
      });
    sleeper('late', 3_600_000);
    sleeper('first', 10);
    sleeper('second', 10);
    sleeper('early', 5);
    await time.run(() => 'goes on');
    expect(seen).toEqual(['early 5', 'first 10', 'second 10', 'late 3600000']);
    expect(time.now().getTime() % 3_600_000).toBe(0);
  });

  it('does all work of a moment before it goes on', async () => {
    const time = startVirtualTime();
    const seen: number[] = [];
    time.begin(async () => {
      for (let turn = 0; turn < 100; turn += 1) await Promise.resolve();
      seen.push(time.nowMs());
    });
    time.begin(() => time.wait(1));
    await time.run(() => 'goes on');
    expect(seen).toEqual([0]);
  });

  it('stops when it is told that it is over', async () => {
    const time = startVirtualTime();
    time.begin(async () => {
      for (;;) await time.wait(1_000);
    });
    await time.run(() => (time.nowMs() >= 5_000 ? 'over' : 'goes on'));
    expect(time.nowMs()).toBe(5_000);
  });

  it('throws what begun work threw', async () => {
    const time = startVirtualTime();
    time.begin(async () => {
      await time.wait(1);
      throw new Error('It went wrong.');
    });
    await expect(time.run(() => 'goes on')).rejects.toThrow('It went wrong.');
  });
});
