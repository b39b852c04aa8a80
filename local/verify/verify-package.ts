import { createHash } from 'node:crypto';
import { readManifest } from '../../shared/domain/manifest.ts';
import type { PackageRecord } from '../../shared/domain/package-record-schema.ts';
import { SIGNATURE_PATH } from '../../shared/domain/signature.ts';
import { checkBag } from './check-bag.ts';
import { checkCustodyLog } from './check-custody-log.ts';
import { checkLaterEntries } from './check-later-entries.ts';
import { checkManifest, type Coverage } from './check-manifest.ts';
import { checkRecord, compareContent, readRecord } from './check-record.ts';
import { checkSignature, type SignatureFinding } from './check-signature.ts';
import type { Fault } from './fault.ts';
import type { Hashes } from './hash-file.ts';
import { hashPackage } from './hash-package.ts';
import { openFolder } from './open-folder.ts';
import type { PackageSource } from './package-source.ts';
import { readText } from './read-text.ts';

/** What a check of a package found; `files` are all that its manifests name. */
export type Verification =
  | {
      readonly verdict: 'intact';
      readonly files: number;
      readonly custodyEntries: number;
      /** Custody entries after the seal, which lie beside the package in storage. */
      readonly laterEntries: number;
      readonly signature: SignatureFinding;
    }
  | { readonly verdict: 'not intact'; readonly faults: readonly Fault[] };

/** What is known of a package from elsewhere. */
export interface Expected {
  /** Thumbprints of the keys of which one must have signed it; with none, its own is taken and nobody vouches for it. */
  readonly pins?: readonly string[];
  /** Whose package it is. */
  readonly collectionId?: string;
}

/** Checks a package in a folder. */
export function verifyPackage(folder: string, expected: Expected = {}): Promise<Verification> {
  return verifySource(openFolder(folder), expected);
}

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
/** Made after the tag manifest was written, so it cannot name them. */
const UNNAMED = [TAG_MANIFEST, SIGNATURE_PATH];

/**
 * Checks a package without asking anybody: both manifests both ways, the custody chain to the entry that seals,
 * collection.json against the files, the signature, and in storage the custody entries after the seal. All faults are collected. Each file is read as a stream, once,
 * and only what is written for machines is held in memory. Throws when the package cannot be read.
 */
export async function verifySource(source: PackageSource, expected: Expected = {}): Promise<Verification> {
  const listing = await source.list();
  const faults: Fault[] = [...listing.faults];
  const texts = new Map<string, string>();
  for (const path of [...REQUIRED, SIGNATURE_PATH]) {
    if (listing.files.has(path)) {
      const reading = await readText(source, path);
      if (reading.outcome === 'read') texts.set(path, reading.text);
      else faults.push({ path, what: 'It is longer than that of any package of ours.' });
    } else if (path !== SIGNATURE_PATH) faults.push({ path, what: 'It is missing.' });
  }
  const recordText = texts.get('collection.json');
  const reading = recordText === undefined ? null : readRecord(recordText);
  const record = reading?.reading === 'record' ? reading.record : null;
  const { files, contents } = await hashPackage(source, listing.files.keys(), record);
  const payload = pick(files, isPayload);
  const tags = pick(files, isTag);

  faults.push(...checkAgainst(texts, { manifest: PAYLOAD_MANIFEST, files: payload, mayName: isPayload }));
  faults.push(...checkAgainst(texts, { manifest: TAG_MANIFEST, files: tags, mayName: isTag }));
  faults.push(...checkBag(texts.get('bagit.txt'), texts.get('bag-info.txt'), payload));
  const manifestSha256 = files.get(PAYLOAD_MANIFEST)?.sha256 ?? null;
  const custody = checkCustodyLog(texts.get('custody.jsonl') ?? '', manifestSha256, hashText);
  if (texts.has('custody.jsonl')) faults.push(...custody.faults);
  const later = (await source.listLater?.()) ?? [];
  if (custody.head !== null)
    faults.push(...checkLaterEntries(later, { count: custody.entries.length, head: custody.head }, hashText));
  if (reading?.reading === 'none') faults.push(...reading.faults);
  if (record !== null) faults.push(...checkRecord(record, payload, custody), ...checkContents(record, contents));
  if (record !== null) faults.push(...checkIdentity(record, expected.collectionId ?? record.collectionId));
  const signed = {
    jws: listing.files.has(SIGNATURE_PATH) ? (texts.get(SIGNATURE_PATH) ?? '') : undefined,
    bagInfo: texts.get('bag-info.txt'),
    collectionId: record?.collectionId ?? null,
    tagmanifestSha256: files.get(TAG_MANIFEST)?.sha256 ?? null,
    custodyHead: custody.head,
  };
  const signature = await checkSignature(signed, expected.pins ?? []);
  faults.push(...signature.faults);
  if (faults.length > 0 || signature.finding === null) return { verdict: 'not intact', faults: withoutRepeats(faults) };
  const named = payload.size + tags.size;
  return {
    verdict: 'intact',
    files: named,
    custodyEntries: custody.entries.length,
    laterEntries: later.length,
    signature: signature.finding,
  };
}

function checkAgainst(texts: ReadonlyMap<string, string>, coverage: Coverage): readonly Fault[] {
  const text = texts.get(coverage.manifest);
  if (text === undefined) return [];
  const reading = readManifest(text);
  if (reading.outcome === 'fault') return [{ path: coverage.manifest, what: reading.fault }];
  return checkManifest(reading.entries, text, coverage);
}

function checkContents(record: PackageRecord, contents: ReadonlyMap<string, Hashes | null>): readonly Fault[] {
  return record.results.flatMap((row) => {
    if (row.status !== 'stored' || row.inside === null) return [];
    const content = contents.get(row.path);
    return content === undefined ? [] : compareContent({ path: row.path, ...row.inside }, content);
  });
}

function checkIdentity(record: PackageRecord, collectionId: string): readonly Fault[] {
  if (record.collectionId === collectionId) return [];
  const what = `It is that of collection ${record.collectionId}, not of ${collectionId}.`;
  return [{ path: 'collection.json', what }];
}

function pick(files: ReadonlyMap<string, Hashes>, isPicked: (path: string) => boolean): ReadonlyMap<string, Hashes> {
  return new Map([...files].filter(([path]) => isPicked(path)));
}

function withoutRepeats(faults: readonly Fault[]): readonly Fault[] {
  return [...new Map(faults.map((fault) => [`${fault.path}\n${fault.what}`, fault])).values()];
}

function isPayload(path: string): boolean {
  return path.startsWith('data/');
}

function isTag(path: string): boolean {
  return !isPayload(path) && !UNNAMED.includes(path);
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
