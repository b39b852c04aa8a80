import { explainFault } from '../../shared/explain-fault.ts';

/** A fault as a sentence without values of the settings; faults of the network and of credentials are named as well. */
export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return explainFault(fault).reason;
  if (/Credential|Authentication/.test(fault.name))
    return 'There is no identity here that a token could be had for: sign in with az login, or run this where the app runs.';
  if (fault.name === 'AbortError' || fault.name === 'TimeoutError') return 'It did not answer in time.';
  return explainFault(fault).reason.replace(/; it is tried again\.$/, '.');
}

/** Codes by which storage turns away who comes from a network that it does not let in (Azure Storage: troubleshoot 403 errors). */
const BY_NETWORK = ['AuthorizationFailure', 'PublicAccessNotPermitted'];

/** What to do where storage refuses: a right, unless it is the network of an identity that is refused. */
export function adviseOnRefusal(fault: unknown, by: 'connection string' | 'identity', rights: string): string {
  const { code } = explainFault(fault);
  // With a key, the same code means that the key is wrong.
  return by === 'identity' && BY_NETWORK.some((name) => code.endsWith(` ${name}`))
    ? 'Run this from the network of the app (privateNetwork of infra/main.bicep), or let this one in.'
    : rights;
}
