import type { Alert, AlertReference } from '../domain/alert.ts';
import { inOrder } from './in-order.ts';
import type { Ports } from './ports.ts';
import { receiveAlert } from './receive-alert.ts';

/** A stretch of time, from its first moment to right before its end, and how many alerts of it are wanted at most. */
export interface AlertWindow {
  readonly updatedFrom: string;
  readonly updatedBefore: string;
  readonly atMost: number;
}

/** Where alerts are discovered, and how far that has come. */
export interface DiscoveryPort {
  /** Alerts of the wanted severities and statuses that were updated last in a window, in no particular order. */
  listAlerts(window: AlertWindow): Promise<readonly { readonly alert: Alert }[]>;
  /** Up to which time everything was received, by the clock that all instances share; null before the first run. */
  readWatermark(): Promise<{ readonly upTo: string | null; readonly now: Date }>;
  moveWatermark(upTo: string): Promise<void>;
}

/** What one run did: lists asked for, alerts in them, and those of which no collection was known. */
export interface Discovered {
  readonly lists: number;
  readonly listed: number;
  readonly created: number;
}

/** Alerts may show in a list some time after the time they bear: each run looks back so far. */
const LOOK_BACK_MS = 15 * 60_000;
/** An alert that was made before that is left: what it would find has gone, and a person can ask by hand. */
export const OLDEST_MS = 7 * 24 * 3_600_000;
const LONGEST_WINDOW_MS = 3_600_000;
const SHORTEST_WINDOW_MS = 1_000;
/** A run asks for no more windows: with a run a minute, less than half of the hour's quota. */
const MOST_LISTS = 10;
/** What one answer holds. A window with more is cut, as alerts that change while pages are read would shift the rest. */
const MOST_ALERTS = 500;
const AT_ONCE = 4;

/**
 * Receives the alerts that were updated since the last run: window by window, each of which is passed only when all of it
 * was received. What a run leaves, after a day without one for instance, the next ones go on with. Received again, an alert
 * is the same collection, so that neither looking back nor a second instance repeats one. A fault ends the run.
 */
export async function discoverAlerts(ports: Ports, discovery: DiscoveryPort): Promise<Discovered> {
  const done = { lists: 0, listed: 0, created: 0 };
  if (ports.mode === 'off') return done;
  try {
    await discover(ports, discovery, done);
  } catch (fault) {
    ports.log({ event: 'fault', at: 'discover alerts', code: ports.explain(fault).code });
  }
  ports.log({ event: 'discovery', ...done });
  return done;
}

async function discover(ports: Ports, discovery: DiscoveryPort, done: Done): Promise<void> {
  const { upTo, now } = await discovery.readWatermark();
  if (upTo === null) return discovery.moveWatermark(now.toISOString());
  const nowMs = now.getTime();
  const fromMs = Math.max(Date.parse(upTo), nowMs - OLDEST_MS);
  await goForward(ports, discovery, done, { fromMs, nowMs });
  await lookBack(ports, discovery, done, { fromMs, nowMs });
}

interface Span {
  readonly fromMs: number;
  readonly nowMs: number;
}

async function goForward(ports: Ports, discovery: DiscoveryPort, done: Done, span: Span): Promise<void> {
  let { fromMs } = span;
  let widthMs = LONGEST_WINDOW_MS;
  while (fromMs < span.nowMs && done.lists < MOST_LISTS) {
    const endMs = Math.min(fromMs + widthMs, span.nowMs);
    const isShortest = endMs - fromMs <= SHORTEST_WINDOW_MS;
    const atMost = isShortest ? Number.POSITIVE_INFINITY : MOST_ALERTS;
    const found = await list(discovery, done, fromMs, endMs, atMost);
    if (found.length >= atMost) {
      // By eights, so that the shortest window is reached, and passed, within one run.
      widthMs = Math.max(SHORTEST_WINDOW_MS, Math.floor((endMs - fromMs) / 8));
      continue;
    }
    await receiveAll(ports, found, span.nowMs, done);
    await discovery.moveWatermark(new Date(endMs).toISOString());
    fromMs = endMs;
    widthMs = Math.min(widthMs * 2, LONGEST_WINDOW_MS);
  }
}

/** Reads the time before the watermark whole, once a run: what one reading may miss, the next ones find. */
async function lookBack(ports: Ports, discovery: DiscoveryPort, done: Done, { fromMs, nowMs }: Span): Promise<void> {
  const found = await list(discovery, done, fromMs - LOOK_BACK_MS, fromMs, Number.POSITIVE_INFINITY);
  await receiveAll(ports, found, nowMs, done);
}

async function list(discovery: DiscoveryPort, done: Done, fromMs: number, endMs: number, atMost: number) {
  const [updatedFrom, updatedBefore] = [new Date(fromMs).toISOString(), new Date(endMs).toISOString()];
  const found = await discovery.listAlerts({ updatedFrom, updatedBefore, atMost });
  done.lists += 1;
  if (found.length < atMost) done.listed += found.length;
  return found;
}

async function receiveAll(ports: Ports, found: readonly { readonly alert: Alert }[], nowMs: number, done: Done) {
  const wanted = found.flatMap(({ alert }) => choose(alert, nowMs));
  await inOrder(AT_ONCE, wanted, async (reference) => {
    try {
      const { claim } = await receiveAlert(ports, reference, 'discovery');
      if (claim === 'created') done.created += 1;
    } catch (fault) {
      const { code } = ports.explain(fault);
      // A row that nobody can read any more was claimed once, and must not hold up all alerts after it.
      if (code !== 'unreadable-row') throw fault;
      ports.log({ event: 'fault', at: 'discover alerts', alert: reference.alertId, code });
    }
  });
}

function choose(alert: Alert, nowMs: number): readonly AlertReference[] {
  const ageMs = alert.createdAt === null ? 0 : nowMs - Date.parse(alert.createdAt);
  if (alert.machineId === null || ageMs > OLDEST_MS) return [];
  return [{ alertId: alert.id, machineId: alert.machineId.toLowerCase(), severity: alert.severity }];
}

type Done = { -readonly [K in keyof Discovered]: Discovered[K] };
