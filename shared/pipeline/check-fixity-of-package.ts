import type { SealedPackage } from '../domain/collection.ts';
import { compareCustody, compareFile, expectFiles, type FixityFault } from '../domain/fixity.ts';
import type { BegunCheck } from '../domain/fixity-round.ts';
import { readAnnouncement, SIGNATURE_PATH } from '../domain/signature.ts';
import type { FixityPorts } from './check-fixity-ports.ts';

/** How much a run may still do: `spend` notes bytes that were read. */
export interface Budget {
  readonly spend: (bytes: number) => void;
  readonly isSpent: () => 'spent' | 'room left';
}

/** How far the check of a package came, and what it found; counts are of all runs that it took. */
export interface PackageCheck extends Omit<BegunCheck, 'tries'> {
  readonly check: 'whole' | 'to be continued';
  readonly faults: readonly FixityFault[];
}

/**
 * Compares a sealed package with what was noted when it was sealed: hashes of both manifests from the state row, all
 * other files by the manifests, the custody log by its chain, and the signature. Goes on where an earlier run left it and
 * reads file after file while the budget lasts, at least one. Throws when something cannot be reached.
 */
export async function checkFixityOfPackage(
  ports: FixityPorts,
  collectionId: string,
  sealed: SealedPackage,
  begun: Omit<BegunCheck, 'tries'>,
  budget: Budget,
): Promise<PackageCheck> {
  const { evidence } = ports;
  const paths = (await evidence.listFiles(collectionId)).map(({ path }) => path);
  const read = (path: string) => evidence.readText(collectionId, path);
  const manifests = {
    manifest: await read('manifest-sha256.txt'),
    tagmanifest: await read('tagmanifest-sha256.txt'),
  };
  const expected = expectFiles(sealed, manifests, paths);
  const lines = await ports.collections.readCustody(collectionId);
  const faults = [
    ...expected.faults,
    ...compareCustody(sealed, lines, await read('custody.jsonl'), ports.sha256),
    ...(await checkSignature(ports, collectionId, sealed, lines)),
  ];
  let { through, files, bytes } = begun;
  let isFirst = true;
  for (const [path, sha256] of [...expected.files].sort(([one], [other]) => (one < other ? -1 : 1))) {
    if (through !== null && path <= through) continue;
    if (!isFirst && budget.isSpent() === 'spent') return { check: 'to be continued', through, files, bytes, faults };
    isFirst = false;
    const found = await ports.digestFile(collectionId, path);
    budget.spend(found?.bytes ?? 0);
    faults.push(...compareFile(path, sha256, found?.sha256 ?? null));
    through = path;
    files += 1;
    bytes += found?.bytes ?? 0;
  }
  return { check: 'whole', through, files, bytes, faults };
}

/** Whether the signature is there, or is not, as bag-info.txt says, and is ours over what was sealed. */
async function checkSignature(
  { evidence, sha256, checkSignature }: FixityPorts,
  collection: string,
  { tagmanifestSha256, custodyNumber }: SealedPackage,
  lines: readonly string[],
): Promise<readonly FixityFault[]> {
  const told = readAnnouncement((await evidence.readText(collection, 'bag-info.txt')) ?? '');
  const jws = await evidence.readText(collection, SIGNATURE_PATH);
  if (jws === null) return told === 'signed' ? [{ path: SIGNATURE_PATH, fault: 'missing' }] : [];
  if (told === 'unsigned') return [{ path: SIGNATURE_PATH, fault: 'added' }];
  const custodyHead = sha256(lines[custodyNumber - 1] ?? '');
  const checked = await checkSignature(jws, { collection, tagmanifestSha256, custodyHead });
  return checked === 'fits' ? [] : [{ path: SIGNATURE_PATH, fault: 'wrong signature' }];
}
