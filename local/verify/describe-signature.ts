import type { SignatureFinding } from './check-signature.ts';

/** Says in a line who signed a package, and what that is worth. */
export function describeSignature(finding: SignatureFinding): string {
  switch (finding.signature) {
    case 'none':
      return 'Not signed: nothing shows that it was not made anew as a whole.';
    case 'fits':
      return finding.vouchedBy === 'a given key'
        ? `Signed by the given key ${finding.thumbprint}.`
        : `Signed by the key ${finding.thumbprint}, for which nothing vouches: it comes from the package itself. Give --key or --fingerprint, had from elsewhere.`;
    default: {
      const unknown: never = finding;
      throw new Error(`Unknown finding ${JSON.stringify(unknown)}.`);
    }
  }
}
