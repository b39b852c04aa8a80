import { calculateJwkThumbprint, compactVerify } from 'jose';
import {
  readAnnouncement,
  type SealStatement,
  type SignatureHeader,
  sealStatementSchema,
  SIGNATURE_PATH,
  signatureHeaderSchema,
  writeSigned,
} from '../../shared/domain/signature.ts';
import type { Fault } from './fault.ts';

/** What is known of a package's signature when nothing is wrong with it. */
export type SignatureFinding =
  | { readonly signature: 'none' }
  | {
      readonly signature: 'fits';
      readonly thumbprint: string;
      /** A key inside a package proves nothing; one that was had elsewhere does. */
      readonly vouchedBy: 'a given key' | 'nobody';
    };

/** What a signature is checked against; null or undefined for what the package lacks, or has no whole one of. */
export interface Signed {
  readonly jws: string | undefined;
  readonly bagInfo: string | undefined;
  readonly collectionId: string | null;
  readonly tagmanifestSha256: string | null;
  readonly custodyHead: string | null;
}

/** A finding, null when there are faults. */
export interface SignatureCheck {
  readonly finding: SignatureFinding | null;
  readonly faults: readonly Fault[];
}

/** Checks a package's signature; `pins` are the thumbprints of keys had elsewhere, empty when none was given. */
export async function checkSignature(signed: Signed, pins: readonly string[]): Promise<SignatureCheck> {
  const told = signed.bagInfo === undefined ? 'not told' : readAnnouncement(signed.bagInfo);
  if (told === 'unclear') return fail('It does not say clearly whether the package is signed.', 'bag-info.txt');
  if (signed.jws === undefined) {
    if (told === 'signed') return fail('It is missing, but bag-info.txt says that the package is signed.');
    if (pins.length > 0) return fail('It is missing: the package is not signed, by the given key or by any other.');
    return { finding: { signature: 'none' }, faults: [] };
  }
  if (told === 'unsigned') return fail('It was added: bag-info.txt says that the package is not signed.');

  const parts = readParts(signed.jws);
  if (parts === null) return fail('It is not in the form of a signature of ours (a compact JWS, ES256).');
  const { kid, jwk } = parts.header;
  if ((await calculateJwkThumbprint(jwk)) !== kid) return fail('It names another key than the one it bears.');
  if (pins.length > 0 && !pins.includes(kid))
    return fail(`It was made by the key ${kid}, which is not the given one (${pins.join(', ')}).`);
  if ((await fits(signed.jws, jwk)) === 'no')
    return fail(`It does not fit the key ${kid}: it was changed, or another key made it.`);
  const faults = compare(parts.statement, signed);
  if (faults.length > 0) return { finding: null, faults };
  const vouchedBy = pins.length > 0 ? 'a given key' : 'nobody';
  return { finding: { signature: 'fits', thumbprint: kid, vouchedBy }, faults: [] };
}

/** The signature holds; so what it was made over is right, and what differs from that is not. */
function compare(statement: SealStatement, { collectionId, tagmanifestSha256, custodyHead }: Signed): readonly Fault[] {
  if (collectionId !== null && statement.collection !== collectionId)
    return [
      {
        path: SIGNATURE_PATH,
        what: `It is that of another package: it was made for collection ${statement.collection}, and this is ${collectionId}.`,
      },
    ];
  const faults: Fault[] = [];
  if (tagmanifestSha256 !== null && statement.tagmanifestSha256 !== tagmanifestSha256)
    faults.push({ path: 'tagmanifest-sha256.txt', what: 'It is another one than was signed.' });
  if (custodyHead !== null && statement.custodyHead !== custodyHead)
    faults.push({ path: 'custody.jsonl', what: 'Its head is another one than was signed.' });
  return faults;
}

/** Header and statement, if each part is written exactly as we write it: no other text stands for the same signature. */
function readParts(jws: string): { readonly header: SignatureHeader; readonly statement: SealStatement } | null {
  const [first = '', second = '', third = '', ...more] = jws.split('.');
  if (more.length > 0 || third === '' || ![first, second, third].every(isBase64Url)) return null;
  const header = signatureHeaderSchema.safeParse(parseJson(first));
  const statement = sealStatementSchema.safeParse(parseJson(second));
  if (!header.success || !statement.success) return null;
  const isOurs = encode(writeSigned(header.data)) === first && encode(writeSigned(statement.data)) === second;
  return isOurs ? { header: header.data, statement: statement.data } : null;
}

async function fits(jws: string, jwk: SignatureHeader['jwk']): Promise<'yes' | 'no'> {
  try {
    await compactVerify(jws, jwk, { algorithms: ['ES256'] });
    return 'yes';
  } catch {
    return 'no';
  }
}

function fail(what: string, path: string = SIGNATURE_PATH): SignatureCheck {
  return { finding: null, faults: [{ path, what }] };
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}

/** The last character of base64url has bits to spare, which a reader may ignore; here they must be zero. */
function isBase64Url(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

function parseJson(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    return undefined;
  }
}
