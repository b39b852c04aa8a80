import type { Switches } from '../switches.ts';

/** Makes the Retry-After header of a wait in whole seconds, in the form that a switch says; none for `absent`. */
export function writeRetryAfter(
  seconds: number,
  form: Switches['retryAfter'],
  nowMs: number,
): Readonly<Record<string, string>> {
  if (form === 'absent') return {};
  if (form === 'seconds') return { 'retry-after': String(seconds) };
  // A date has whole seconds: rounded up, so that it never names a time too soon.
  if (form === 'date') return { 'retry-after': new Date(Math.ceil(nowMs / 1000 + seconds) * 1000).toUTCString() };
  return { 'retry-after': form.text };
}

/** Reads the wait of an answer's Retry-After in seconds, as number or HTTP date; null for none, and for what is neither. */
export function readRetryAfter(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const text = headers['retry-after']?.trim() ?? '';
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  const atMs = / GMT$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(atMs) ? null : (atMs - nowMs) / 1000;
}
