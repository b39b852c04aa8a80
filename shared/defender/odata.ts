import { refuseArgument } from './errors.ts';
import type { EndpointName } from './permissions.ts';

/** A text as an OData string literal, its quotes doubled. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path with a `$filter` and other query options, encoded. */
export function filtered(path: string, filter: string, others: Readonly<Record<string, string>> = {}): string {
  const options = Object.entries({ $filter: filter, ...others });
  return `${path}?${options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}

const ISO_8601 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/;

/** An ISO 8601 time as an OData literal in UTC; throws DefenderError `InvalidArgument` that names the argument for anything else. */
export function writeTime(endpoint: EndpointName, argument: string, text: string): string {
  const at = new Date(ISO_8601.test(text) ? text : Number.NaN);
  if (!Number.isNaN(at.getTime())) return at.toISOString();
  const message = `'${endpoint}' was not sent: \`${argument}\` is no ISO 8601 time with its offset. Give one such as 2026-01-20T20:02:18Z.`;
  throw refuseArgument(endpoint, 'InvalidArgument', message);
}
