import * as z from 'zod';

/** The shape of a comparison of a machine's clock with ours. */
export const clockSchema = z
  .object({
    /** The machine's time, as its script told it. */
    machineUtc: z.iso.datetime(),
    /** By our clock: before `earliestAt` the script cannot have read its clock, after `latestAt` neither. */
    earliestAt: z.iso.datetime(),
    latestAt: z.iso.datetime(),
    verdict: z.enum(['agrees', 'ahead', 'behind']),
    /** By how much its clock is ahead of ours (less than 0: behind), at least and at most, in ms. */
    leastMs: z.number(),
    mostMs: z.number(),
  })
  .readonly();

/** A machine's clock against ours: nobody read both at once, so it is a range. */
export type ClockOffset = z.infer<typeof clockSchema>;

/** A script tells whole seconds. */
const PRECISION_MS = 1000;

/** Compares a machine's time with the span of our own time within which it was read. */
export function compareClocks(machineUtc: string, earliestAt: string, latestAt: string): ClockOffset {
  const machineMs = Date.parse(machineUtc);
  // Two of our own instances may differ: then the span is that between them.
  const [fromMs = 0, toMs = 0] = [Date.parse(earliestAt), Date.parse(latestAt)].sort((a, b) => a - b);
  const leastMs = machineMs - toMs;
  const mostMs = machineMs + PRECISION_MS - fromMs;
  const verdict = leastMs > 0 ? 'ahead' : mostMs < 0 ? 'behind' : 'agrees';
  return { machineUtc, earliestAt, latestAt, verdict, leastMs, mostMs };
}
