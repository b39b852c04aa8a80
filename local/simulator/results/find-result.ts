import { readLink } from './link-signature.ts';
import { packagePath, readPackageToken } from './package-link.ts';
import type { Result, Results } from './result.ts';
import { type Refusal, refusals } from './storage-error.ts';

/** What a link opens, or the error with which it is refused. */
export type Found = { kind: 'result'; result: Result } | { kind: 'refused'; refusal: Refusal };

/** Finds the result that an address opens now; storage looks at the signature before the blob. */
export function findResult(path: string, query: URLSearchParams, results: Results, key: Buffer, nowMs: number): Found {
  const refused = (refusal: Refusal): Found => ({ kind: 'refused', refusal });
  if (path === packagePath) {
    const result = results.get(readPackageToken(query.get('token') ?? '', key, nowMs) ?? '');
    return result === undefined ? refused(refusals.authentication) : { kind: 'result', result };
  }
  const link = readLink(path, query, key, nowMs);
  switch (link.kind) {
    case 'unsigned':
      return refused(refusals.unsigned);
    case 'forged':
      return refused({ ...refusals.authentication, detail: 'Signature did not match.' });
    case 'expired': {
      const [ends, starts] = [link.expiresAt.toUTCString(), new Date(nowMs).toUTCString()];
      const detail = `Signed expiry time [${ends}] must be after signed start time [${starts}]`;
      return refused({ ...refusals.authentication, detail });
    }
    case 'valid': {
      const result = results.get(path);
      return result === undefined ? refused(refusals.absent) : { kind: 'result', result };
    }
    default:
      return link satisfies never;
  }
}
