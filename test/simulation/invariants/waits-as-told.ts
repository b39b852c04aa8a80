import type { QuotaName } from '../../../shared/defender/quotas.ts';
import type { Scene, Witness } from './witness.ts';

interface Order {
  readonly by: string;
  readonly quota: QuotaName;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Calls that are on their way when a 429 is answered may still arrive; so may those of others until it is stored. */
const ON_THEIR_WAY_MS = 60_000;

/** The services' clock, by which the instances tell each other, shows whole seconds. */
const CLOCK_MS = 1_000;

/** I11: after a 429 named a wait, no call of its quota arrives before its end, unless whoever was told was struck down before it could tell the others. */
export function watchWaits(scene: Scene): Witness {
  let orders: readonly Order[] = [];
  return {
    throttled({ by, quota, afterMs }) {
      const now = scene.sinceStart();
      orders = [...orders, { by, quota, fromMs: now + ON_THEIR_WAY_MS, untilMs: now + afterMs }];
    },
    struck(by) {
      // Within that time it may not have been stored yet.
      orders = orders.filter((order) => order.by !== by || scene.sinceStart() >= order.fromMs);
    },
    defender(fact) {
      if (fact.fact === 'cancel' || orders.length === 0) return;
      const called = fact.fact === 'start' ? 'live response' : fact.quota;
      const now = scene.sinceStart();
      orders = orders.filter(({ untilMs }) => now < untilMs - CLOCK_MS);
      const broken = orders.find(({ quota, fromMs }) => quota === called && now >= fromMs);
      if (broken === undefined) return;
      const left = Math.round((broken.untilMs - now) / 1000);
      scene.fail('I11', `A call of the quota '${called}' came ${left} s before Defender wanted one.`);
    },
  };
}
