import { DEFENDER_ID } from '../domain/alert.ts';
import { refuseArgument } from './errors.ts';
import type { EndpointName } from './permissions.ts';

/** An id as a part of a path, encoded; throws DefenderError `InvalidId` for what is none of Defender's. */
export function idInPath(endpoint: EndpointName, what: 'alert' | 'machine' | 'machine action', id: string): string {
  return encodeURIComponent(checkId(endpoint, what, id));
}

/** The id itself when it looks like one of Defender's; throws DefenderError `InvalidId` else, without quoting it. */
export function checkId(endpoint: EndpointName, what: 'alert' | 'machine' | 'machine action', id: string): string {
  if (DEFENDER_ID.test(id)) return id;
  throw refuseArgument(
    endpoint,
    'InvalidId',
    `'${endpoint}' was not sent: the ${what} id it was given is none of Defender's (letters, digits, - and _, at most 128). Give the id as the alert names it.`,
  );
}
