import type { Clock } from './clock.ts';

/** Formats ms since 1970 and ticks of 100 ns (0-9999) as Defender does: up to seven fractional digits, trailing zeros dropped. */
export function formatTicks(ms: number, ticks: number): string {
  const whole = new Date(ms).toISOString().slice(0, -1);
  return `${`${whole}${String(ticks).padStart(4, '0')}`.replace(/\.?0+$/, '')}Z`;
}

/** Makes times with seven fractional digits, each later than the one before while the clock does not go back. */
export function createTimestamps(clock: Clock): () => string {
  let lastMs = Number.NaN;
  let ticks = 0;
  return () => {
    const ms = clock.now();
    ticks = ms === lastMs ? Math.min(ticks + 1, 9999) : (ms * 7919) % 9000;
    lastMs = ms;
    return formatTicks(ms, ticks);
  };
}

/** Pads a UTC time of any precision to seven fractional digits, so that the order of strings is the order of times; undefined if it is no time. */
export function padTime(text: string): string | undefined {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z$/.exec(text);
  if (match === null || Number.isNaN(Date.parse(text))) return undefined;
  return `${match[1]}.${(match[2] ?? '').padEnd(7, '0')}Z`;
}
