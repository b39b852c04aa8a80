import { randomBytes } from 'node:crypto';
import { compactVerify } from 'jose';
import type { Signing } from '../../shared/evidence/signing.ts';
import { describeFault } from './describe-fault.ts';
import { type Finding, ok, wrong } from './finding.ts';

const CHECK = 'signing key';

/** Signs a statement about no package, and checks it by the keys that are published. */
export async function checkSigning(signing: Signing): Promise<Finding> {
  if (signing.practice === 'unsigned')
    return wrong(
      CHECK,
      'SIGNING_KEY_ID is not set, so that packages are sealed unsigned.',
      "Set it to the identifier of a P-256 key in a Key Vault (the deployment's output signingKeyId); on your own machine to a file such as file:///home/me/signing-key.pem, which is made.",
    );
  try {
    const hash = () => randomBytes(32).toString('hex');
    const jws = await signing.sign({ collection: 'doctor', tagmanifestSha256: hash(), custodyHead: hash() });
    const keys = await signing.listKeys();
    for (const key of keys) {
      const checked = await compactVerify(jws, key, { algorithms: ['ES256'] }).catch(() => null);
      if (checked !== null) return ok(CHECK, `It signs, and is published as ${key.kid}.`);
    }
    return wrong(
      CHECK,
      `It signs, and none of the ${keys.length} published keys fits what it signed.`,
      'Enable the version of the key that signs, or give SIGNING_KEY_ID without a version.',
    );
  } catch (fault) {
    return wrong(
      CHECK,
      describeFault(fault),
      'Correct SIGNING_KEY_ID, and give the identity the role Evidence signer (infra/modules/signing-key.bicep) or Key Vault Crypto User on that key; packages wait until it signs.',
    );
  }
}
