import { describe, expect, it } from 'vitest';
import { writeBagInfo } from '../../../shared/domain/manifest.ts';
import {
  announceSignature,
  publicKeySchema,
  readAnnouncement,
  sealStatementSchema,
  signatureHeaderSchema,
  writeSigned,
} from '../../../shared/domain/signature.ts';

/** The key of RFC 7515, A.3. */
const KEY = {
  kty: 'EC',
  crv: 'P-256',
  x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
} as const;
const STATEMENT = { tagmanifestSha256: 'a'.repeat(64), custodyHead: 'b'.repeat(64), collection: '5f0c' };

describe('what is signed', () => {
  it('is canonical JSON, whatever the order it came in', () => {
    expect(writeSigned(STATEMENT)).toBe(
      `{"collection":"5f0c","custodyHead":"${'b'.repeat(64)}","tagmanifestSha256":"${'a'.repeat(64)}"}`,
    );
    expect(writeSigned({ kid: 'k', jwk: KEY, alg: 'ES256' })).toBe(
      `{"alg":"ES256","jwk":{"crv":"P-256","kty":"EC","x":"${KEY.x}","y":"${KEY.y}"},"kid":"k"}`,
    );
  });

  it.each([
    ['another member', { ...STATEMENT, more: 1 }],
    ['a hash in capitals', { ...STATEMENT, custodyHead: 'B'.repeat(64) }],
    ['a hash that is too short', { ...STATEMENT, tagmanifestSha256: 'a'.repeat(63) }],
    ['no collection', { ...STATEMENT, collection: undefined }],
  ])('is no statement with %s', (_, value) => {
    expect(sealStatementSchema.safeParse(STATEMENT).success).toBe(true);
    expect(sealStatementSchema.safeParse(value).success).toBe(false);
  });
});

describe('a public key', () => {
  it.each([
    ['a private part', { ...KEY, d: 'jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI' }],
    ['another curve', { ...KEY, crv: 'P-384' }],
    ['the type of a hardware key', { ...KEY, kty: 'EC-HSM' }],
    ['a coordinate with a bit to spare set', { ...KEY, y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a1' }],
    ['a coordinate without its leading zero', { ...KEY, x: '83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU' }],
  ])('is none of ours with %s', (_, value) => {
    expect(publicKeySchema.safeParse(KEY).success).toBe(true);
    expect(publicKeySchema.safeParse(value).success).toBe(false);
  });
});

describe("a signature's header", () => {
  const header = { alg: 'ES256', jwk: KEY, kid: KEY.x };
  it.each([
    ['no algorithm to trust', { ...header, alg: 'none' }],
    ['a member that must be understood', { ...header, crit: ['exp'] }],
    ['no key', { alg: 'ES256', kid: KEY.x }],
  ])('is none of ours with %s', (_, value) => {
    expect(signatureHeaderSchema.safeParse(header).success).toBe(true);
    expect(signatureHeaderSchema.safeParse(value).success).toBe(false);
  });
});

describe('bag-info.txt', () => {
  const write = (...more: readonly { label: string; value: string }[]) =>
    writeBagInfo({
      baggingDate: '2026-03-02',
      payload: { files: 1, bytes: 2 },
      externalIdentifier: '5f0c',
      more,
    });

  it('says plainly whether the package is signed', () => {
    expect(write(announceSignature('signed'))).toContain('\nPackage-Signature: signature.jws (JWS, ES256)\n');
    expect(write(announceSignature('unsigned'))).toContain(
      '\nPackage-Signature: none, as no signing key was set when this package was sealed\n',
    );
  });

  it.each([
    ['signed', [announceSignature('signed')]],
    ['unsigned', [announceSignature('unsigned')]],
    ['not told', []],
    ['unclear', [announceSignature('signed'), announceSignature('unsigned')]],
    ['unclear', [{ label: 'Package-Signature', value: 'perhaps' }]],
  ] as const)('is read as %s', (announcement, more) => {
    expect(readAnnouncement(write({ label: 'Other', value: 'x' }, ...more))).toBe(announcement);
  });

  it('cannot be made to say so by the text of another element', () => {
    const text = write({ label: 'External-Description', value: 'x\nPackage-Signature: signature.jws (JWS, ES256)' });
    expect(readAnnouncement(text)).toBe('not told');
  });
});
