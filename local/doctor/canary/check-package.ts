import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readKeys } from '../../verify/read-pins.ts';
import { verifyPackage, type Verification } from '../../verify/verify-package.ts';
import { type Finding, ok, wrong } from '../finding.ts';
import { adviseOn } from './check-app.ts';
import { fetchByApi } from './fetch-by-api.ts';
import type { AppApi } from './open-app.ts';

const CHECK = 'canary: package';
const SIGNATURE = 'canary: signature';

/** Fetches a sealed package to a folder that is removed again, and verifies it by the keys that the app publishes. */
export async function checkPackage(api: AppApi, id: string): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'canary-'));
  try {
    const fetched = await fetchByApi(api, id, folder);
    if (fetched.outcome === 'not fetched')
      return [wrong(CHECK, `It cannot be fetched. ${fetched.why}`, adviseOn({ answer: 'refused' }))];
    const keys = await readPublishedKeys(api);
    const verified = await verifyPackage(folder, { pins: keys, collectionId: id });
    return judge(verified, keys, id);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readPublishedKeys(api: AppApi): Promise<readonly string[]> {
  const asked = await api.ask('keys');
  if (asked.answer !== 'given') return [];
  const read = await readKeys(await asked.response.text());
  return read.outcome === 'read' ? read.pins : [];
}

function judge(verified: Verification, keys: readonly string[], id: string): readonly Finding[] {
  if (verified.verdict === 'not intact')
    return [
      wrong(
        CHECK,
        `Package ${id} is not what was sealed: ${verified.faults.map(({ path, what }) => `${path}: ${what}`).join(' ')}`,
        'Touch nothing of it: operate.md, Stored evidence does not match its hashes, says whom the access log names and how to go on.',
      ),
    ];
  const intact = ok(
    CHECK,
    `Package ${id} is intact: ${verified.files} files fit their manifests, ${verified.custodyEntries} custody entries are one chain.`,
  );
  const { signature } = verified;
  if (signature.signature === 'none')
    return [
      intact,
      wrong(SIGNATURE, 'It is not signed.', 'Set SIGNING_KEY_ID, which infra/main.bicep does (deploy.md, step 2).'),
    ];
  return keys.includes(signature.thumbprint)
    ? [intact, ok(SIGNATURE, `Signed by ${signature.thumbprint}, which the app publishes.`)]
    : [
        intact,
        wrong(
          SIGNATURE,
          'It is signed, and the app publishes no keys.',
          'Let the identity read the key in the vault, and GET /api/keys (operate.md, The doctor).',
        ),
      ];
}
