import type { SealedPackage } from './collection.ts';
import { checkCustody, type Sha256 } from './custody.ts';
import { spellHidden } from './escape-html.ts';
import { readManifest } from './manifest.ts';
import { SIGNATURE_PATH } from './signature.ts';

/** What is wrong with one file of a sealed package, or with its custody log in the table; an added file's path is foreign text. */
export interface FixityFault {
  readonly path: string;
  readonly fault: 'missing' | 'changed' | 'added' | 'unreadable' | 'broken' | 'wrong signature';
}

/** The files that a sealed package consists of, by path with their SHA-256, but for its signature. */
export interface ExpectedFiles {
  readonly files: ReadonlyMap<string, string>;
  readonly faults: readonly FixityFault[];
}

/** The manifests of a package as they are stored, null for one that is not there. */
export interface StoredManifests {
  readonly manifest: string | null;
  readonly tagmanifest: string | null;
}

const PAYLOAD_MANIFEST = 'manifest-sha256.txt';
const TAG_MANIFEST = 'tagmanifest-sha256.txt';
/** What stands for the custody log in the table, which is no file. */
const CUSTODY_LOG = 'custody log';

/** What is to be there, by the hashes that were noted when the package was sealed and by its own manifests; `paths` are those that are there. */
export function expectFiles(
  sealed: SealedPackage,
  { manifest, tagmanifest }: StoredManifests,
  paths: readonly string[],
): ExpectedFiles {
  const faults: FixityFault[] = [];
  const files = new Map<string, string>();
  const texts = [
    [PAYLOAD_MANIFEST, manifest],
    [TAG_MANIFEST, tagmanifest],
  ] as const;
  for (const [path, text] of texts) {
    const reading = readManifest(text ?? '');
    if (reading.outcome === 'fault') faults.push({ path, fault: 'unreadable' });
    else for (const entry of reading.entries) files.set(entry.path, entry.sha256);
  }
  // What the state row noted stands above what lies in the package.
  files.set(PAYLOAD_MANIFEST, sealed.manifestSha256).set(TAG_MANIFEST, sealed.tagmanifestSha256);
  for (const path of paths) {
    if (!files.has(path) && path !== SIGNATURE_PATH) faults.push({ path, fault: 'added' });
  }
  return { files, faults };
}

/** Compares the custody log in the table with the packed one, null when that is not there, up to the entry that seals. */
export function compareCustody(
  sealed: SealedPackage,
  lines: readonly string[],
  packed: string | null,
  sha256: Sha256,
): readonly FixityFault[] {
  if (checkCustody(lines, sha256).verdict === 'broken') return [{ path: CUSTODY_LOG, fault: 'broken' }];
  const upToSeal = lines.slice(0, sealed.custodyNumber);
  if (upToSeal.length < sealed.custodyNumber) return [{ path: CUSTODY_LOG, fault: 'broken' }];
  // A packed log that is missing or changed is found by its hash; this finds a table that tells another story.
  const isSame = packed === null || packed === `${upToSeal.join('\n')}\n`;
  return isSame ? [] : [{ path: CUSTODY_LOG, fault: 'changed' }];
}

/** Compares what a file hashes to with what it should; null when it is not there. */
export function compareFile(path: string, expected: string, found: string | null): readonly FixityFault[] {
  if (found === null) return [{ path, fault: 'missing' }];
  return found === expected ? [] : [{ path, fault: 'changed' }];
}

const MOST_CHARACTERS = 1_000;

/** Faults in one line that shows every character. */
export function describeFaults(faults: readonly FixityFault[]): string {
  return spellHidden(faults.map(({ path, fault }) => `${path}: ${fault}`).join('; ')).slice(0, MOST_CHARACTERS);
}
