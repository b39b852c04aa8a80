import { base64url, calculateJwkThumbprint, compactVerify } from 'jose';
import { type PublicKey, publicKeySchema, type SealStatement, writeSigned } from '../domain/signature.ts';
import { SigningError } from './signing-error.ts';

/** A key that can sign now. */
export interface OpenKey {
  /** Its public part as its keeper gives it; anything but a P-256 key is refused. */
  readonly publicKey: unknown;
  /** The ES256 signature over these bytes: r and s, 32 bytes each (RFC 7518, 3.4). */
  readonly sign: (input: Uint8Array) => Promise<Uint8Array>;
}

/** Where a signing key is kept: its private part stays there. Throws SigningError. */
export interface KeyKeeper {
  open(): Promise<OpenKey>;
  /** The public parts of all keys whose signatures count, also of those that sign no more. */
  listPublicKeys(): Promise<readonly unknown[]>;
}

/** A public key as it is published (RFC 7517); `kid` is its thumbprint (RFC 7638). */
export interface PublishedKey extends PublicKey {
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

/** What signs packages, and the keys to check it by. Throws SigningError. */
export interface Signing {
  readonly practice: 'signed' | 'unsigned';
  readonly sign: (statement: SealStatement) => Promise<string>;
  readonly listKeys: () => Promise<readonly PublishedKey[]>;
}

/** Signs by the key of that keeper; with none, packages are not signed. */
export function openSigning(keeper: KeyKeeper | null): Signing {
  if (keeper === null) {
    return {
      practice: 'unsigned',
      sign: () =>
        Promise.reject(
          new SigningError(
            'signing-key-unset',
            'The package says that it is signed, but no signing key is set any more. Set SIGNING_KEY_ID again; it is then sealed by itself.',
          ),
        ),
      listKeys: async () => [],
    };
  }
  return {
    practice: 'signed',
    sign: (statement) => signStatement(keeper, statement),
    async listKeys() {
      const keys = await keeper.listPublicKeys();
      return Promise.all(keys.map((key) => publish(readPublicKey(key))));
    },
  };
}

/** The compact JWS over a statement; jose signs with no key that is elsewhere, so its parts are put together here. */
async function signStatement(keeper: KeyKeeper, statement: SealStatement): Promise<string> {
  const key = await keeper.open();
  const jwk = readPublicKey(key.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const header = base64url.encode(writeSigned({ alg: 'ES256', jwk, kid }));
  const input = `${header}.${base64url.encode(writeSigned(statement))}`;
  const jws = `${input}.${base64url.encode(await key.sign(new TextEncoder().encode(input)))}`;
  // Once it is stored it stands for ever, so one that does not fit is found out before.
  await compactVerify(jws, jwk, { algorithms: ['ES256'] }).catch(() => {
    throw new SigningError(
      'signature-wrong',
      'The signing key gave a signature that does not fit its public key. Nothing was stored, and it is tried again; if it goes on, look at SIGNING_KEY_ID.',
    );
  });
  return jws;
}

function readPublicKey(key: unknown): PublicKey {
  const read = publicKeySchema.safeParse(key);
  if (read.success) return read.data;
  throw new SigningError(
    'signing-key-unfit',
    'The key of SIGNING_KEY_ID is no elliptic curve key on P-256. Make one (type EC, curve P-256) and set its identifier.',
  );
}

async function publish(key: PublicKey): Promise<PublishedKey> {
  return { ...key, kid: await calculateJwkThumbprint(key), alg: 'ES256', use: 'sig' };
}
