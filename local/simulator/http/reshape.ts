import type { Switches } from '../switches.ts';
import type { Reply } from './reply.ts';

/** Properties that real answers have and the documentation does not, or that nothing promises. */
const undocumented = ['@odata.context', 'errorHResult', 'externalId', 'troubleshootInfo', 'requestSource', 'title'];

/** Changes the fields of a successful JSON answer: more on each object, or without what is null, undocumented, or an empty list of commands. */
export function reshape(reply: Reply, fields: Switches['fields']): Reply {
  const isJson = reply.headers['content-type']?.startsWith('application/json') === true;
  if (fields === 'as observed' || !isJson || reply.status >= 300) return reply;
  const value: unknown = JSON.parse(reply.body ?? 'null');
  return { ...reply, body: JSON.stringify(fields === 'more' ? addTo(value) : takeFrom(value)) };
}

function addTo(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(addTo);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([name, inner]) => [name, addTo(inner)]);
  return { addedIn2031: { values: [null, 1, 'x'] }, ...Object.fromEntries(fields), '@odata.added': true };
}

function takeFrom(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(takeFrom);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name, inner]) =>
      inner !== null &&
      !(undocumented.includes(name) && !isAlertTitle(name, value)) &&
      !(name === 'commands' && Array.isArray(inner) && inner.length === 0),
  );
  return Object.fromEntries(kept.map(([name, inner]) => [name, takeFrom(inner)]));
}

/** The title of an alert is documented; that of a machine action is always null. */
function isAlertTitle(name: string, owner: object): boolean {
  return name === 'title' && 'severity' in owner;
}
