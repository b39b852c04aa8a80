import type { CustodyRow, PackageRecord } from './package-record-schema.ts';

/** The lanes of a collection's way, in their order. */
export const LANES = ['alert', 'looked up', 'queued', 'pending', 'running', 'copied', 'sealed'] as const;

/** One lane. */
export type Lane = (typeof LANES)[number];

/** A stretch of time in a lane, by our clock, in ms since 1970; never less than nothing. */
export interface Span {
  readonly lane: Lane;
  readonly fromMs: number;
  readonly toMs: number;
}

/** More than any collection but a broken one has; the drawing shows the first. */
const MAX_SPANS = 300;

/**
 * The way of a collection as its custody log tells it, entry by entry: clocks of two instances may differ, so an entry
 * that seems to be earlier than the one before it counts as simultaneous.
 */
export function readSpans(record: PackageRecord): readonly Span[] {
  const receivedMs = Date.parse(record.times.receivedAt);
  const raisedMs = record.alert.createdAt === null ? receivedMs : Date.parse(record.alert.createdAt);
  const spans: Span[] = [{ lane: 'alert', fromMs: Math.min(raisedMs, receivedMs), toMs: receivedMs }];
  let lane = 'looked up' as Lane;
  let sinceMs = receivedMs;
  let copiedMs: number | null = null;
  const close = (toMs: number, next: Lane) => {
    if (toMs > sinceMs || lane !== next) spans.push({ lane, fromMs: sinceMs, toMs });
    lane = next;
    sinceMs = toMs;
  };
  for (const entry of record.custody.entries) {
    const atMs = Math.max(Date.parse(entry.at), sinceMs);
    if (entry.event === 'result stored' || entry.event === 'result missing') copiedMs = atMs;
    const next = laneAfter(entry.event);
    if (next === null) continue;
    // What waits after its copies waits from the last of them on.
    if (lane === 'copied') close(Math.max(copiedMs ?? sinceMs, sinceMs), next === 'pending' ? 'queued' : next);
    close(atMs, next);
  }
  return spans.filter((span) => span.toMs > span.fromMs || span.lane === 'alert').slice(0, MAX_SPANS);
}

/** The lane that a collection is in after an event, null for one that leaves it where it is. */
function laneAfter(event: CustodyRow['event']): Lane | null {
  switch (event) {
    case 'planned':
    case 'starting':
    case 'not started':
    case 'returned to the plan':
    case 'refused':
      return 'queued';
    case 'started':
    case 'adopted':
      return 'pending';
    case 'in progress':
      return 'running';
    case 'action ended':
    case 'action gone':
      return 'copied';
    case 'sealing':
      return 'sealed';
    default:
      return null;
  }
}
