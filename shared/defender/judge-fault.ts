/** Faults of which each comes before the first byte of a request is written. */
const BEFORE_SENDING: readonly string[] = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_NODATA',
  'EAI_FAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_INVALID_ARG',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

/** Whether a request that met this fault can have reached Defender, and the fault's code; its text and its socket are left out. */
export function judgeFault(fault: unknown): { readonly arrival: 'no answer' | 'not sent'; readonly code: string } {
  const code = readWord(fault, 'code') ?? (readWord(fault, 'name') === 'TimeoutError' ? 'TIMEOUT' : 'NETWORK_FAULT');
  const syscall = readWord(fault, 'syscall');
  const isBefore = BEFORE_SENDING.includes(code) || syscall === 'connect' || syscall === 'getaddrinfo';
  return { arrival: isBefore ? 'not sent' : 'no answer', code };
}

function readWord(fault: unknown, key: 'code' | 'name' | 'syscall'): string | null {
  const value: unknown = typeof fault === 'object' && fault !== null ? Reflect.get(fault, key) : undefined;
  return typeof value === 'string' && /^\w{1,50}$/.test(value) ? value : null;
}
