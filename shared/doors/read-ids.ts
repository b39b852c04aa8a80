import { DEFENDER_ID, readSeverity, type Severity } from '../domain/alert.ts';
import { readText } from './read-field.ts';

/**
 * What the id of an alert of Defender for Endpoint looks like: ticks and a signed number, in unified experiences with `da`
 * or `ed` before them (Defender XDR: investigate alerts). Other products' alerts have other prefixes, or a GUID.
 */
const ENDPOINT_ALERT_ID = /^(?:da|ed)?\d{15,20}_-?\d{1,12}$/i;

/** The alert id in a text when it is one of Defender for Endpoint; null for any other product's. */
export function readEndpointAlertId(text: string | null): string | null {
  return text !== null && ENDPOINT_ALERT_ID.test(text) ? text : null;
}

/** A machine's id in the first of these properties that holds one, in lower case. */
export function readMachineIdOf(value: unknown, ...names: readonly string[]): string | null {
  const text = readText(value, ...names);
  return text !== null && DEFENDER_ID.test(text) ? text.toLowerCase() : null;
}

/** A severity as a hint for the order of work; null when none is named. */
export function readSeverityHint(value: unknown, ...names: readonly string[]): Severity | null {
  const text = readText(value, ...names);
  return text === null ? null : readSeverity(text);
}
