import type { AlertReference } from '../domain/alert.ts';
import type { ItemReader, ItemReading } from './item-reading.ts';
import { isObject } from './read-field.ts';
import { readGraphAlert, readGraphEvent } from './read-graph-alert.ts';
import { readConnector, readPlain } from './read-plain.ts';
import { readSentinelAlert } from './read-sentinel-alert.ts';
import { readSentinelEntity } from './read-sentinel-entity.ts';
import { readSentinelIncident } from './read-sentinel-incident.ts';
import { readStreamingRow } from './read-streaming-row.ts';
import { unwrap } from './unwrap.ts';

/**
 * What a payload is: the alerts it names, beside items that are left as there is nothing to collect of them and items that
 * are refused as they name no alert; only such items, where nothing else will come of it; or no payload of ours.
 */
export type Payload =
  | ({ readonly outcome: 'alerts'; readonly references: readonly AlertReference[] } & Unused)
  | ({ readonly outcome: 'nothing' } & Unused)
  | { readonly outcome: 'unknown'; readonly code: 'unknown-payload' | 'too-many-alerts'; readonly why: string };

/** The items of a payload that no collection comes of. */
export interface Unused {
  readonly refused: readonly NumberedItem[];
  readonly left: readonly NumberedItem[];
}

/** An item of a list: its number from 1, and what is to be said of it. */
export interface NumberedItem {
  readonly item: number;
  readonly why: string;
}

const ADVICE = 'Send {"alertId": "…", "machineId": "…"}, or a payload that the README lists.';

/** The most alerts that one payload may name, and the most items a list may have that are no streamed rows. */
const MAX_ALERTS = 500;
/** Of refused and left items so many are told one by one. */
const MOST_TOLD = 100;

/** Shapes that are known by more than a field of a common name. */
const DISTINCT: readonly ItemReader[] = [
  readStreamingRow,
  readSentinelIncident,
  readSentinelEntity,
  readSentinelAlert,
  readGraphAlert,
  readGraphEvent,
  readPlain,
];

/** Finds the alerts in a payload of a known shape, or in a list of them, whatever envelope or wrapper is around it. */
export function readAlertPayload(payload: unknown): Payload {
  const { items, envelope } = unwrap(payload, (item) => readDistinct(item) !== null);
  if (items.length === 0 && envelope === 'none')
    return { outcome: 'unknown', code: 'unknown-payload', why: `The list is empty. ${ADVICE}` };
  const readings = items.map(readItem);
  const references = dedupe(readings.flatMap((reading) => (reading.found === 'alerts' ? reading.references : [])));
  const rows = items.filter((item) => isObject(item) && readStreamingRow(item) !== null).length;
  const most = Math.max(references.length, items.length - rows);
  if (most > MAX_ALERTS) {
    const why = `The list names ${most} alerts. Send them in lists of at most ${MAX_ALERTS}.`;
    return { outcome: 'unknown', code: 'too-many-alerts', why };
  }
  const refused = number(readings, 'unknown');
  const left = number(readings, 'nothing');
  if (references.length > 0) return { outcome: 'alerts', references, refused, left };
  const [first] = refused;
  // Nobody can correct an event that was sent: it is acknowledged, and what is wrong with it is recorded.
  if (first === undefined || left.length > 0 || envelope === 'events') return { outcome: 'nothing', refused, left };
  const why = items.length === 1 ? first.why : `Item ${first.item}: ${first.why}`;
  return { outcome: 'unknown', code: 'unknown-payload', why: `${why} ${ADVICE}` };
}

function readDistinct(item: object): ItemReading | null {
  for (const read of DISTINCT) {
    const reading = read(item);
    if (reading !== null) return reading;
  }
  return null;
}

function readItem(item: unknown): ItemReading {
  if (!isObject(item)) return { found: 'unknown', why: 'It is not a JSON object.' };
  return readDistinct(item) ?? readConnector(item) ?? { found: 'unknown', why: 'It names no alert.' };
}

/** The same alert on the same machine is asked for once, as the first item has it. */
function dedupe(references: readonly AlertReference[]): readonly AlertReference[] {
  const first = new Map<string, AlertReference>();
  for (const reference of references) {
    const key = `${reference.alertId} ${reference.machineId ?? '-'}`;
    if (!first.has(key)) first.set(key, reference);
  }
  return [...first.values()];
}

function number(readings: readonly ItemReading[], found: 'unknown' | 'nothing'): readonly NumberedItem[] {
  const numbered = readings.flatMap((reading, index) =>
    reading.found === found ? [{ item: index + 1, why: reading.why }] : [],
  );
  return numbered.slice(0, MOST_TOLD);
}
