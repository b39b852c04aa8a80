import { type EndpointName, explainPermission } from './permissions.ts';

const REQUEST_FAULT =
  'It stays refused while it is sent like this: for a live response check the script names, arguments and paths of the profile; else report it, as this app writes the request.';

/** What to do about a code, where the code says more than the status (Defender: common REST API error codes). */
const BY_CODE: Readonly<Record<string, string>> = {
  ActiveRequestAlreadyExists:
    'Another live response runs on this machine, of this app, another app or a person: it is tried again later. If it lasts for hours, cancel the one that is stuck in the Action center of the Defender portal.',
  BadRequest: REQUEST_FAULT,
  InvalidInput: REQUEST_FAULT,
  InvalidRequestBody: REQUEST_FAULT,
  MissingRequiredParameter: REQUEST_FAULT,
  ODataError: 'The filter of the list was not understood: report it, as this app writes the filter.',
  OsPlatformNotSupported:
    'Live response does not know the operating system of this machine: leave such machines out by a profile.',
  ClientVersionNotSupported:
    'The Defender agent or the operating system of this machine is too old for live response: update it, or leave the machine out by a profile.',
  DisabledFeature:
    'Turn on Live Response (and Live Response for Servers) in the Defender portal under Settings, Endpoints, Advanced features.',
  DisallowedOperation:
    'Defender does not allow this on the machine: check that its device group has an automated remediation level, and that Live Response is on for its kind of system under Settings, Endpoints, Advanced features.',
};

const OF_ACTIONS: readonly EndpointName[] = ['get machine action', 'cancel machine action', 'get result link'];

/** The sentence that says what to do about an answer of Defender that is not a success; empty where nothing is known to help. */
export function adviseOn(endpoint: EndpointName, status: number, code: string): string {
  const known = Object.hasOwn(BY_CODE, code) ? BY_CODE[code] : undefined;
  if (known !== undefined) return known;
  switch (status) {
    case 400:
      return REQUEST_FAULT;
    case 401:
      return 'The access token was not accepted: check that DEFENDER_CLOUD or DEFENDER_SCOPE belongs to this cloud and that DEFENDER_ACCESS_TOKEN, if set, has not expired.';
    case 403:
      return explainPermission(endpoint);
    case 404:
      return adviseOnAbsence(endpoint);
    case 407:
      return 'A proxy on the way wants credentials: let the app reach DEFENDER_API_URL directly.';
    case 413:
      return 'The request is larger than Defender takes: make the file or the list of commands smaller.';
    case 429:
      return "The tenant's quota for this API is used up; it is tried again later. Other apps of the tenant may share it.";
    default:
      return adviseOnRange(status);
  }
}

function adviseOnAbsence(endpoint: EndpointName): string {
  return OF_ACTIONS.includes(endpoint)
    ? 'A machine action that was just started may be unknown for up to two minutes: ask again before it is taken as absent. Use one host of the API throughout, as others know it later.'
    : 'Check that it belongs to this tenant, that DEFENDER_CLOUD or DEFENDER_API_URL is where the tenant is, and that it is not older than the tenant keeps its data.';
}

function adviseOnRange(status: number): string {
  if (status >= 300 && status < 400)
    return 'Redirects are not followed, so that the access token stays with Defender: set DEFENDER_API_URL to the final address.';
  if (status >= 500)
    return 'It is a fault at Defender and mostly passes; if it lasts, give Microsoft the target of this error.';
  return '';
}
