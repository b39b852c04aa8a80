import * as z from 'zod';
import { type AlertReference, DEFENDER_ID, readSeverity } from '../domain/alert.ts';

/** What a payload is: references to alerts, or the sentence that says why it is none. */
export type Payload =
  | { readonly outcome: 'alerts'; readonly references: readonly AlertReference[] }
  | { readonly outcome: 'unknown'; readonly why: string };

/** The most alerts that one payload may name. */
const MAX_ALERTS = 100;

const id = z.string().trim().regex(DEFENDER_ID, 'letters, digits, dash and underscore, at most 128');
const machineId = id.transform((value) => value.toLowerCase()).nullish();

/** The plain payload: `{ alertId, machineId? }`. */
const plain = z.object({ alertId: id, machineId, severity: z.string().nullish() });

/** The Defender connector's webhook and Defender's own alert resource: both name the alert `id`. */
const connector = z.object({ id, machineId, severity: z.string().nullish() });

/** Finds the alerts in a payload of a known shape: plain, the Defender connector's, Defender's alert, or a list of them. */
export function readAlertPayload(payload: unknown): Payload {
  const items = Array.isArray(payload) ? payload : [payload];
  if (items.length === 0) return { outcome: 'unknown', why: 'The list is empty.' };
  if (items.length > MAX_ALERTS)
    return {
      outcome: 'unknown',
      why: `The list names ${items.length} alerts; at most ${MAX_ALERTS} are taken at a time.`,
    };
  const references: AlertReference[] = [];
  for (const [index, item] of items.entries()) {
    const read = readOne(item);
    if (read.outcome === 'unknown')
      return items.length === 1 ? read : { outcome: 'unknown', why: `Item ${index + 1}: ${read.why}` };
    references.push(read.reference);
  }
  return { outcome: 'alerts', references };
}

type ReadOne =
  | { readonly outcome: 'alert'; readonly reference: AlertReference }
  | { readonly outcome: 'unknown'; readonly why: string };

function readOne(item: unknown): ReadOne {
  if (typeof item !== 'object' || item === null) return { outcome: 'unknown', why: 'It is not a JSON object.' };
  const asPlain = plain.safeParse(item);
  if (asPlain.success) return { outcome: 'alert', reference: refer(asPlain.data.alertId, asPlain.data) };
  const asConnector = connector.safeParse(item);
  if (asConnector.success && !('alertId' in item))
    return { outcome: 'alert', reference: refer(asConnector.data.id, asConnector.data) };
  if ('alertId' in item || 'id' in item)
    return {
      outcome: 'unknown',
      why: 'Its alert id or machine id is not one of Defender: letters, digits, dash and underscore, at most 128.',
    };
  return { outcome: 'unknown', why: 'It names no alert.' };
}

function refer(
  alertId: string,
  rest: { readonly machineId?: string | null | undefined; readonly severity?: string | null | undefined },
): AlertReference {
  const severity = rest.severity === null || rest.severity === undefined ? null : readSeverity(rest.severity);
  return { alertId, machineId: rest.machineId ?? null, severity };
}
