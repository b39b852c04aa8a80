import { base64url, calculateJwkThumbprint, compactVerify } from 'jose';
import { type SealStatement, signatureHeaderSchema, writeSigned } from '../domain/signature.ts';
import type { PublishedKey } from './signing.ts';

/** Whether a compact JWS was made over that statement by one of these keys; by whichever key it names where none is given. */
export async function checkSignature(
  jws: string,
  statement: SealStatement,
  keys: readonly PublishedKey[],
): Promise<'fits' | 'does not fit'> {
  const [first = '', second = ''] = jws.split('.');
  const header = signatureHeaderSchema.safeParse(readHeader(first));
  if (!header.success || second !== base64url.encode(writeSigned(statement))) return 'does not fit';
  const { jwk, kid } = header.data;
  if ((await calculateJwkThumbprint(jwk)) !== kid) return 'does not fit';
  if (keys.length > 0 && !keys.some((key) => key.kid === kid)) return 'does not fit';
  return compactVerify(jws, jwk, { algorithms: ['ES256'] }).then(
    () => 'fits',
    () => 'does not fit',
  );
}

function readHeader(part: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(base64url.decode(part)));
  } catch {
    return undefined;
  }
}
