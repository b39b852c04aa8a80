import { explainFault } from '../../shared/explain-fault.ts';

/** A fault as a sentence without values of the settings; faults of the network and of credentials are named as well. */
export function describeFault(fault: unknown): string {
  if (!(fault instanceof Error)) return explainFault(fault).reason;
  if (/Credential|Authentication/.test(fault.name))
    return 'There is no identity here that a token could be had for: sign in with az login, or run this where the app runs.';
  if (fault.name === 'AbortError' || fault.name === 'TimeoutError') return 'It did not answer in time.';
  return explainFault(fault).reason.replace(/; it is tried again\.$/, '.');
}
