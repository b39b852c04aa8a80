import type { Ports } from './ports.ts';

const FIRST_MS = 15_000;
const LONGEST_MS = 5 * 60_000;

/** How long to wait after that many tries in vain, in ms: 15 s doubled each time, 5 minutes at most. */
export function backOff(tries: number): number {
  return Math.min(FIRST_MS * 2 ** Math.min(tries, 10), LONGEST_MS);
}

/** The time that many ms from now, ISO 8601 UTC. */
export function later(ports: Pick<Ports, 'now'>, ms: number): string {
  return new Date(ports.now().getTime() + ms).toISOString();
}
