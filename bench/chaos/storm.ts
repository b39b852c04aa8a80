import { setTimeout as sleep } from 'node:timers/promises';
import { describeAim, type InstanceName, type Strike } from './plan-strikes.ts';
import type { Slot } from './slot.ts';
import type { Aiming } from './take-aim.ts';

/** A kill as it was: at the call that it was aimed at, or by its time as no such call came, and which apps it killed. */
export interface Struck {
  readonly strike: Strike;
  readonly hit: 'its call' | 'by time';
  readonly killed: readonly InstanceName[];
}

const LONGEST_START_MS = 30_000;

type Slots = Readonly<Record<InstanceName, Slot>>;

/** Kills apps one strike after the other; the first app is started again at once, the second one when a strike asks for two. Ends early when the signal aborts. */
export async function storm(
  { slots, aiming }: { readonly slots: Slots; readonly aiming: Aiming },
  strikes: readonly Strike[],
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<readonly Struck[]> {
  const struck: Struck[] = [];
  slots.first.start();
  for (const strike of strikes) {
    if (signal.aborted) break;
    if (strike.apps === 'two') slots.second.start();
    const done = await strikeOnce(slots, aiming, strike, signal);
    slots.first.start();
    struck.push(done);
    say(`Kill ${strike.number} of ${strikes.length}: ${describeStruck(done)}.`);
  }
  return struck;
}

async function strikeOnce(slots: Slots, aiming: Aiming, strike: Strike, signal: AbortSignal): Promise<Struck> {
  const met = Promise.withResolvers<InstanceName>();
  aiming.arm(strike.aim, (name) => {
    slots[name].kill();
    met.resolve(name);
  });
  const over = new AbortController();
  const waiting = waitForTime(slots, strike, AbortSignal.any([signal, over.signal])).catch(() => null);
  const name = await Promise.race([waiting, met.promise]);
  over.abort();
  aiming.disarm();
  const killed = name === null ? killByTime(slots, strike) : [name];
  await Promise.all(killed.map((victim) => slots[victim].ended()));
  return { strike, hit: name === null ? 'by time' : 'its call', killed };
}

/** A call is waited for from when an app listens, however long a busy machine takes to start it; time runs at once, so that a start may be cut as well. */
async function waitForTime(slots: Slots, { aim, waitMs }: Strike, signal: AbortSignal): Promise<null> {
  if (aim.at !== 'time') await Promise.race([slots.first.listen(), sleep(LONGEST_START_MS, null, { signal })]);
  return sleep(waitMs, null, { signal });
}

function killByTime(slots: Slots, { byTime }: Strike): readonly InstanceName[] {
  const killed: readonly InstanceName[] = byTime === 'both' ? ['first', 'second'] : [byTime];
  for (const name of killed) slots[name].kill();
  return killed;
}

function describeStruck({ strike, hit, killed }: Struck): string {
  const missed = hit === 'by time' && strike.aim.at !== 'time' ? ' (no such call came, so by time)' : '';
  return `${killed.join(' and ')}, ${describeAim(strike.aim)}${missed}`;
}
