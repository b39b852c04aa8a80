import { type Finding, ok, unknown, wrong } from './finding.ts';

const MOST_MS = 5_000;
const LONGEST_WAIT_MS = 10_000;

/** Compares our clock with a service's `Date`; no token is sent, as a refusal tells the time as well. */
export async function checkClock(service: string, url: string, now: () => Date): Promise<Finding> {
  const check = `clock: ${service}`;
  const sentMs = now().getTime();
  const date = await readDate(new URL(url).origin);
  if (date === null)
    return unknown(check, 'It told no time.', 'See the line of this service; the clock is compared once it answers.');
  // The header has whole seconds, and was written at some time between our question and its arrival.
  const behindMs = date.getTime() - now().getTime();
  const aheadMs = sentMs - (date.getTime() + 1_000);
  const apartMs = Math.max(behindMs, aheadMs);
  if (apartMs <= MOST_MS) return ok(check, 'Ours agrees with it to within seconds.');
  const side = behindMs > aheadMs ? 'behind' : 'ahead of';
  return wrong(
    check,
    `Ours is ${Math.round(apartMs / 1_000)} s ${side} it.`,
    'Let the clock of this machine be set by a time service (NTP): times in the custody log are taken from it.',
  );
}

async function readDate(origin: string): Promise<Date | null> {
  const signal = AbortSignal.timeout(LONGEST_WAIT_MS);
  const header = await fetch(origin, { redirect: 'manual', signal }).then(
    async (response) => {
      await response.body?.cancel();
      return response.headers.get('date');
    },
    () => null,
  );
  const date = new Date(header ?? '');
  return Number.isNaN(date.getTime()) ? null : date;
}
