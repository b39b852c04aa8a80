import canonicalize from 'canonicalize';
import * as z from 'zod';

/** Where a package's signature lies: beside the manifests, and named by none of them, as it comes last. */
export const SIGNATURE_PATH = 'signature.jws';

const hash = z.string().regex(/^[0-9a-f]{64}$/, '64 hex digits');
/** 32 bytes in base64url without padding (RFC 7515, 2): 43 characters, the last of which has two bits to spare. */
const bytes32 = z.string().regex(/^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, '32 bytes in base64url');

/** The shape of what a signature is made over. */
export const sealStatementSchema = z
  .strictObject({ collection: z.string(), tagmanifestSha256: hash, custodyHead: hash })
  .readonly();

/** What a signature is made over: whose package, the SHA-256 of its tag manifest, and that of its custody entry that seals. */
export type SealStatement = z.infer<typeof sealStatementSchema>;

/** The shape of a public key, with the members that its thumbprint is made of and no other (RFC 7638, 3.2). */
export const publicKeySchema = z
  .strictObject({ crv: z.literal('P-256'), kty: z.literal('EC'), x: bytes32, y: bytes32 })
  .readonly();

/** A public key on P-256 as a JWK (RFC 7518, 6.2.1). */
export type PublicKey = z.infer<typeof publicKeySchema>;

/** The shape of a key's thumbprint (RFC 7638, SHA-256, base64url), by which it is known. */
export const thumbprintSchema = bytes32;

/** The shape of a signature's header; the key in it proves nothing until somebody vouches for its thumbprint `kid`. */
export const signatureHeaderSchema = z
  .strictObject({ alg: z.literal('ES256'), jwk: publicKeySchema, kid: thumbprintSchema })
  .readonly();

/** A signature's header (RFC 7515, 4.1). */
export type SignatureHeader = z.infer<typeof signatureHeaderSchema>;

/** A statement or a header as the canonical JSON (RFC 8785) that is signed. */
export function writeSigned(part: SealStatement | SignatureHeader): string {
  const text = canonicalize(part);
  if (text === undefined) throw new Error('What is to be signed cannot be written as JSON.');
  return text;
}

/** What a package says of its signature in bag-info.txt; `not told` for one that was sealed before packages were signed. */
export type Announcement = 'signed' | 'unsigned' | 'not told' | 'unclear';

const LABEL = 'Package-Signature';
const ANNOUNCEMENTS = {
  signed: `${SIGNATURE_PATH} (JWS, ES256)`,
  unsigned: 'none, as no signing key was set when this package was sealed',
} as const;

/** The element of bag-info.txt by which a package says whether it is signed. */
export function announceSignature(practice: 'signed' | 'unsigned'): { readonly label: string; readonly value: string } {
  return { label: LABEL, value: ANNOUNCEMENTS[practice] };
}

/** Reads from the text of bag-info.txt whether its package is signed. */
export function readAnnouncement(bagInfo: string): Announcement {
  const told = bagInfo.split('\n').filter((line) => line.startsWith(`${LABEL}:`));
  if (told.length === 0) return 'not told';
  const isTold = (practice: 'signed' | 'unsigned') => told.join() === `${LABEL}: ${ANNOUNCEMENTS[practice]}`;
  if (isTold('signed')) return 'signed';
  return isTold('unsigned') ? 'unsigned' : 'unclear';
}
