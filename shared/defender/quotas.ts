import type { EndpointName } from './permissions.ts';

/** Which of Defender's call quotas an endpoint counts against: each documented page states one, per tenant and app. */
export const QUOTA_OF = {
  // "Get alert information by ID" states a quota of its own; comments are read by the same call.
  'get alert': 'alert',
  // "List alerts" is a page of its own with a quota of its own.
  'list alerts': 'alerts',
  // "Update alert" is a page of its own, though its path is that of getting one.
  'comment on alert': 'alert updates',
  // "Get alert related files information" is a page of its own.
  'get alert files': 'alert files',
  // "Get alert related machine information" is a page of its own.
  'get alert machine': 'alert machine',
  // "Get machine by ID" is a page of its own.
  'get machine': 'machine',
  // "List machines" is a page of its own.
  'find machines': 'machines',
  // "Run live response" allows ten calls a minute where others allow a hundred.
  'run live response': 'live response',
  // "List machineActions" is a page of its own.
  'list machine actions': 'machine actions',
  // "Get machineAction" is a page of its own.
  'get machine action': 'machine action',
  // "Cancel machine action" is a page of its own.
  'cancel machine action': 'cancellations',
  // "Get live response result" is a page of its own.
  'get result link': 'result links',
  // The library's pages speak of one API of live response library files; whether they count apart is not documented, and one count is the careful reading.
  'list library files': 'library files',
  // As for listing: the same path, taken as one quota.
  'upload library file': 'library files',
  // As for listing: a path below it, taken as one quota.
  'delete library file': 'library files',
} as const satisfies Readonly<Record<EndpointName, string>>;

/** The name of one call quota of Defender. */
export type QuotaName = (typeof QUOTA_OF)[EndpointName];
