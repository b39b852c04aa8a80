import * as z from 'zod';
import { type AlertReference, DEFENDER_ID, readSeverity } from '../domain/alert.ts';

/** What a payload is: the alerts it names and the items that name none, or the sentence that says why it is no payload of ours. */
export type Payload =
  | {
      readonly outcome: 'alerts';
      readonly references: readonly AlertReference[];
      readonly refused: readonly RefusedItem[];
    }
  | { readonly outcome: 'unknown'; readonly code: 'unknown-payload' | 'too-many-alerts'; readonly why: string };

/** An item of a list that names no alert: its number from 1, and why. */
export interface RefusedItem {
  readonly item: number;
  readonly why: string;
}

const ADVICE = 'Send {"alertId": "…", "machineId": "…"}, or a payload that the README lists.';

/** The most alerts that one payload may name. */
const MAX_ALERTS = 500;

const id = z.string().trim().regex(DEFENDER_ID);
/** Connectors send an empty text for a machine that an alert lacks. */
const machineId = z
  .union([z.literal('').transform(() => null), id.transform((value) => value.toLowerCase())])
  .nullish();
const severity = z.string().nullish().catch(null);

/** The plain payload: `{ alertId, machineId? }`. */
const plain = z.object({ alertId: id, machineId, severity });

/** The Defender connector's webhook and Defender's own alert resource: both name the alert `id`. */
const connector = z.object({ id, machineId, severity });

/** Finds the alerts in a payload of a known shape: plain, the Defender connector's, Defender's alert, or a list of them. */
export function readAlertPayload(payload: unknown): Payload {
  const items = Array.isArray(payload) ? payload : [payload];
  if (items.length === 0) return { outcome: 'unknown', code: 'unknown-payload', why: `The list is empty. ${ADVICE}` };
  if (items.length > MAX_ALERTS) {
    const why = `The list names ${items.length} alerts. Send them in lists of at most ${MAX_ALERTS}.`;
    return { outcome: 'unknown', code: 'too-many-alerts', why };
  }
  const references: AlertReference[] = [];
  const refused: RefusedItem[] = [];
  for (const [index, item] of items.entries()) {
    const read = readOne(item);
    if (read.outcome === 'alert') references.push(read.reference);
    else refused.push({ item: index + 1, why: read.why });
  }
  const [first] = refused;
  if (references.length > 0 || first === undefined) return { outcome: 'alerts', references, refused };
  const why = items.length === 1 ? first.why : `Item 1: ${first.why}`;
  return { outcome: 'unknown', code: 'unknown-payload', why: `${why} ${ADVICE}` };
}

type ReadOne =
  | { readonly outcome: 'alert'; readonly reference: AlertReference }
  | { readonly outcome: 'unknown'; readonly why: string };

const ID_RULE = 'is not one of Defender: letters, digits, dash and underscore, at most 128.';

function readOne(item: unknown): ReadOne {
  if (typeof item !== 'object' || item === null) return { outcome: 'unknown', why: 'It is not a JSON object.' };
  const isPlain = 'alertId' in item;
  if (!isPlain && !('id' in item)) return { outcome: 'unknown', why: 'It names no alert.' };
  const read = isPlain ? plain.safeParse(item) : connector.safeParse(item);
  if (!read.success) {
    const field = read.error.issues[0]?.path[0] === 'machineId' ? 'machine id' : 'alert id';
    return { outcome: 'unknown', why: `Its ${field} ${ID_RULE}` };
  }
  const alertId = 'alertId' in read.data ? read.data.alertId : read.data.id;
  const hint = read.data.severity ?? null;
  const reference = {
    alertId,
    machineId: read.data.machineId ?? null,
    severity: hint === null ? null : readSeverity(hint),
  };
  return { outcome: 'alert', reference };
}
