import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '../../shared/domain/manifest.ts';
import type { PackageRecord } from '../../shared/domain/package-record-schema.ts';
import { checkBag } from './check-bag.ts';
import { checkCustodyLog } from './check-custody-log.ts';
import { checkManifest, type Coverage } from './check-manifest.ts';
import { checkRecord, compareContent, readRecord } from './check-record.ts';
import type { Fault } from './fault.ts';
import { type Hashes, hashContent, hashFile } from './hash-file.ts';
import { listFiles } from './list-files.ts';

/** What a check of a package found; `files` are all that its manifests name. */
export type Verification =
  | { readonly verdict: 'intact'; readonly files: number; readonly custodyEntries: number }
  | { readonly verdict: 'not intact'; readonly faults: readonly Fault[] };

const PAYLOAD_MANIFEST = 'manifest-sha256.txt';
const TAG_MANIFEST = 'tagmanifest-sha256.txt';
const REQUIRED = [
  'bagit.txt',
  'bag-info.txt',
  PAYLOAD_MANIFEST,
  TAG_MANIFEST,
  'custody.jsonl',
  'collection.json',
  'report.html',
];
/** Made after the tag manifest, so it cannot name them. */
const UNNAMED = [TAG_MANIFEST, 'signature.jws'];
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/**
 * Checks a package's folder, without any network: both manifests both ways, the custody chain to the entry that seals,
 * and collection.json against the files. The signature is not checked, as that takes a key from elsewhere. Throws when
 * the folder or a file in it cannot be read.
 */
export async function verifyPackage(folder: string): Promise<Verification> {
  const listing = await listFiles(folder);
  const faults: Fault[] = [...listing.faults];
  const payload = new Map<string, Hashes>();
  const tags = new Map<string, Hashes>();
  for (const path of listing.files.keys()) {
    if (isPayload(path)) payload.set(path, await hashFile(join(folder, path)));
    else if (!UNNAMED.includes(path)) tags.set(path, await hashFile(join(folder, path)));
  }
  const texts = new Map<string, string>();
  for (const path of REQUIRED) {
    const bytes = listing.files.get(path);
    if (bytes === undefined) faults.push({ path, what: 'It is missing.' });
    else if (bytes > MAX_TEXT_BYTES) faults.push({ path, what: 'It is longer than that of any package of ours.' });
    else texts.set(path, await readFile(join(folder, path), 'utf8'));
  }

  const isTag = (path: string) => !isPayload(path) && !UNNAMED.includes(path);
  faults.push(...checkAgainst(texts, { manifest: PAYLOAD_MANIFEST, files: payload, mayName: isPayload }));
  faults.push(...checkAgainst(texts, { manifest: TAG_MANIFEST, files: tags, mayName: isTag }));
  faults.push(...checkBag(texts.get('bagit.txt'), texts.get('bag-info.txt'), payload));
  const manifestSha256 = tags.get(PAYLOAD_MANIFEST)?.sha256 ?? null;
  const custody = checkCustodyLog(texts.get('custody.jsonl') ?? '', manifestSha256, hashText);
  if (texts.has('custody.jsonl')) faults.push(...custody.faults);
  const recordText = texts.get('collection.json');
  const reading = recordText === undefined ? null : readRecord(recordText);
  if (reading?.reading === 'none') faults.push(...reading.faults);
  if (reading?.reading === 'record') {
    faults.push(
      ...checkRecord(reading.record, payload, custody),
      ...(await checkContents(folder, reading.record, payload)),
    );
  }
  if (faults.length > 0) return { verdict: 'not intact', faults: withoutRepeats(faults) };
  return { verdict: 'intact', files: payload.size + tags.size, custodyEntries: custody.entries.length };
}

function checkAgainst(texts: ReadonlyMap<string, string>, coverage: Coverage): readonly Fault[] {
  const text = texts.get(coverage.manifest);
  if (text === undefined) return [];
  const reading = readManifest(text);
  if (reading.outcome === 'fault') return [{ path: coverage.manifest, what: reading.fault }];
  return checkManifest(reading.entries, coverage);
}

/** The contents of stored gzips against what the record says of them, read no further than it says. */
async function checkContents(
  folder: string,
  record: PackageRecord,
  payload: ReadonlyMap<string, Hashes>,
): Promise<readonly Fault[]> {
  const faults: Fault[] = [];
  for (const row of record.results) {
    if (row.status !== 'stored' || row.inside === null || !payload.has(row.path)) continue;
    const content = await hashContent(join(folder, row.path), row.inside.bytes);
    faults.push(...compareContent({ path: row.path, ...row.inside }, content));
  }
  return faults;
}

function withoutRepeats(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.path}\n${fault.what}`, fault])).values()];
}

function isPayload(path: string): boolean {
  return path.startsWith('data/');
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
