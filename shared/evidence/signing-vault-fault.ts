import { codeOf } from './copy-error.ts';
import { SigningError } from './signing-error.ts';

/** A fault of Key Vault, of its client or of the identity as a SigningError: status and code are kept, text is not. */
export function explainVaultFault(fault: unknown): SigningError {
  if (fault instanceof SigningError) return fault;
  const status = readStatus(fault);
  const found = `Key Vault answered ${status}${codeOf(fault) === 'unknown' ? '' : ` ${codeOf(fault)}`}`;
  if (status === 401 || status === 403)
    return new SigningError(
      'signing-refused',
      `${found}. Give the app's identity the role Key Vault Crypto User on the key of SIGNING_KEY_ID, and let the vault's firewall admit the app.`,
    );
  if (status === 404)
    return new SigningError(
      'signing-key-missing',
      `${found}. Look whether the key of SIGNING_KEY_ID is there, and whether its version is.`,
    );
  if (status === 429)
    return new SigningError('signing-throttled', `${found}; it is tried again later.`, readRetryAfter(fault));
  if (status !== null && status >= 400 && status < 500 && status !== 408)
    return new SigningError(
      'signing-key-unfit',
      `${found}. Look whether the key of SIGNING_KEY_ID is a P-256 key, enabled, and permitted to sign.`,
    );
  if (status !== null) return new SigningError('signing-unavailable', `${found}; it is tried again.`);
  // The client itself refuses a key whose time has not come or is over, and one that may not sign.
  if (
    fault instanceof Error &&
    /^(?:Key \S+ (?:can't be used before|expired at)|Operation sign is not)/.test(fault.message)
  )
    return new SigningError(
      'signing-key-unfit',
      'The key of SIGNING_KEY_ID may not sign now. Look at the times from and until which it is valid, and at its permitted operations.',
    );
  return new SigningError(
    'signing-unavailable',
    `Key Vault could not be asked (${nameOf(fault)}); it is tried again. If it goes on, check that the app has its identity, and that it reaches the vault of SIGNING_KEY_ID.`,
  );
}

/** Read by name, as this client's RestError is another class than that of the storage clients. */
function readStatus(fault: unknown): number | null {
  if (!(fault instanceof Error) || fault.name !== 'RestError' || !('statusCode' in fault)) return null;
  return typeof fault.statusCode === 'number' ? fault.statusCode : null;
}

/** The wait in Retry-After in ms where it is in seconds, as Key Vault gives it; null where there is none. */
function readRetryAfter(fault: unknown): number | null {
  const response: unknown = fault instanceof Error && 'response' in fault ? fault.response : null;
  if (typeof response !== 'object' || response === null || !('headers' in response)) return null;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('get' in headers) || typeof headers.get !== 'function')
    return null;
  const seconds: unknown = headers.get('retry-after');
  return typeof seconds === 'string' && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1_000 : null;
}

function nameOf(fault: unknown): string {
  const code = codeOf(fault);
  if (code !== 'unknown') return code;
  return fault instanceof Error && /^\w{1,60}$/.test(fault.name) ? fault.name : 'unknown';
}
