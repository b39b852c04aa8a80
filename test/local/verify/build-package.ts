import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { PackageSource } from '../../../local/verify/package-source.ts';
import { writeBagInfo, writeBagit, writeManifest } from '../../../shared/domain/manifest.ts';
import { describePackage } from '../../../shared/domain/package-record.ts';
import { renderReport } from '../../../shared/domain/report.ts';
import type { EvidenceItem } from '../../../shared/domain/result.ts';
import { announceSignature, type SealStatement } from '../../../shared/domain/signature.ts';
import { openSigning } from '../../../shared/evidence/signing.ts';
import {
  ARCHIVE,
  COLLECTION_ID,
  hashesOf,
  liveWell,
  REPORT,
  sha256,
  TRANSCRIPT,
} from '../../shared/domain/package-record-fixture.ts';
import type { TestKey } from '../../shared/evidence/signing-keys.ts';

const ARCHIVE_CONTENT = 'PK the archive that the script made '.repeat(2000);

const PAYLOAD: Readonly<Record<string, string | Buffer>> = {
  'data/alert/alert.json': '{"id":"da637472900382838869_1364969609"}',
  'data/alert/plan.json': '{"version":"0.1.0"}',
  'data/0-0-runscript/transcript.json':
    '{"script_name":"Evidence-Triage.ps1","exit_code":0,"script_output":"done","script_errors":""}',
  'data/0-1-getfile/content': gzipSync(ARCHIVE_CONTENT),
};

/** The files of a whole package by path, made by the domain's own functions; `practice` is what bag-info.txt says of its signature, null for nothing. */
export function makePackage(practice: 'signed' | 'unsigned' | null = null): Map<string, Buffer> {
  const files = [...Object.entries(PAYLOAD), ...sealPackage(practice).tags];
  return new Map(files.map(([path, content]) => [path, Buffer.from(content)]));
}

/** The same with its signature. */
export async function makeSigned({ keeper }: Pick<TestKey, 'keeper'>): Promise<Map<string, Buffer>> {
  const files = makePackage('signed');
  files.set('signature.jws', Buffer.from(await openSigning(keeper).sign(stateSeal(files))));
  return files;
}

/** What is to be signed of a package's files as they are now. */
export function stateSeal(files: ReadonlyMap<string, Buffer>, collection = COLLECTION_ID): SealStatement {
  const read = (path: string) => files.get(path) ?? Buffer.alloc(0);
  const lastLine = read('custody.jsonl').toString().trimEnd().split('\n').at(-1) ?? '';
  return { collection, tagmanifestSha256: sha256(read('tagmanifest-sha256.txt')), custodyHead: sha256(lastLine) };
}

/** A package in memory, to be checked. */
export function openMemory(files: ReadonlyMap<string, Buffer>): PackageSource {
  return {
    list: async () => ({ files: new Map([...files].map(([path, { length }]) => [path, length])), faults: [] }),
    open: async (path) => Readable.from([files.get(path) ?? Buffer.alloc(0)]),
  };
}

/** Writes a package's files into a new folder, which is removed when the test is finished. */
export function writePackage(files: ReadonlyMap<string, Buffer>): string {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** Builds a whole package in a new folder; it says nothing of a signature, as those did that were sealed before there was one. */
export function buildPackage(): string {
  return writePackage(makePackage());
}

function sealPackage(practice: 'signed' | 'unsigned' | null): {
  readonly tags: readonly (readonly [string, string])[];
} {
  const of = (path: string) => hashesOf(PAYLOAD[path] ?? '');
  const documents = ['data/alert/alert.json', 'data/alert/plan.json'].map((path) => ({
    path,
    bytes: of(path).bytes,
    sha256: of(path).sha256,
  }));
  const inside = hashesOf(ARCHIVE_CONTENT);
  const report = { ...REPORT, archiveSha256: inside.sha256, archiveBytes: inside.bytes };
  const items: readonly EvidenceItem[] = [
    { ...TRANSCRIPT, ...of(TRANSCRIPT.path), report },
    { ...ARCHIVE, ...of(ARCHIVE.path), inside },
  ];
  const files = [...documents, ...items];
  const manifest = writeManifest(files);
  const { collection, custody } = liveWell({ documents, items, manifestSha256: sha256(manifest) });
  const record = describePackage(collection, custody, '0.1.0', sha256);
  const more = practice === null ? [] : [announceSignature(practice)];
  const payload = { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  const tags: readonly (readonly [string, string])[] = [
    ['manifest-sha256.txt', manifest],
    ['bagit.txt', writeBagit()],
    ['bag-info.txt', writeBagInfo({ baggingDate: '2026-03-02', payload, externalIdentifier: collection.id, more })],
    ['custody.jsonl', `${custody.join('\n')}\n`],
    ['collection.json', `${JSON.stringify(record, null, 2)}\n`],
    ['report.html', renderReport(record)],
  ];
  const tagmanifest = writeManifest(tags.map(([path, text]) => ({ path, sha256: sha256(text) })));
  return { tags: [...tags, ['tagmanifest-sha256.txt', tagmanifest]] };
}
