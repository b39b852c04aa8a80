import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import type { PublicKey } from '../../../shared/domain/signature.ts';
import type { KeyKeeper } from '../../../shared/evidence/signing.ts';

/** A P-256 key of a test, by node:crypto alone. */
export interface TestKey {
  readonly publicKey: PublicKey;
  readonly privateKey: KeyObject;
  /** The public key in PEM form, as other tools take it. */
  readonly pem: string;
  readonly keeper: KeyKeeper;
}

/** Makes a key that is kept in memory. */
export function makeKey(): TestKey {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicPart = createPublicKey(privateKey);
  const { x = '', y = '' } = publicPart.export({ format: 'jwk' });
  const publicKey: PublicKey = { crv: 'P-256', kty: 'EC', x, y };
  return {
    publicKey,
    privateKey,
    pem: publicPart.export({ type: 'spki', format: 'pem' }).toString(),
    keeper: {
      open: async () => ({ publicKey, sign: async (input) => signRaw(input, privateKey) }),
      listPublicKeys: async () => [publicKey],
    },
  };
}

/** The ES256 signature of some bytes: r and s, 32 bytes each. */
function signRaw(input: Uint8Array, key: KeyObject): Uint8Array {
  return sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' });
}
