import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import { writeBagInfo, writeBagit, writeManifest } from '../../../shared/domain/manifest.ts';
import { describePackage } from '../../../shared/domain/package-record.ts';
import { renderReport } from '../../../shared/domain/report.ts';
import type { EvidenceItem } from '../../../shared/domain/result.ts';
import { ARCHIVE, hashesOf, liveWell, REPORT, sha256, TRANSCRIPT } from '../../shared/domain/package-record-fixture.ts';

const ARCHIVE_CONTENT = 'PK the archive that the script made '.repeat(2000);

const PAYLOAD: Readonly<Record<string, string | Buffer>> = {
  'data/alert/alert.json': '{"id":"da637472900382838869_1364969609"}',
  'data/alert/plan.json': '{"version":"0.1.0"}',
  'data/0-0-runscript/transcript.json':
    '{"script_name":"Evidence-Triage.ps1","exit_code":0,"script_output":"done","script_errors":""}',
  'data/0-1-getfile/content': gzipSync(ARCHIVE_CONTENT),
};

/** Builds a whole package in a new folder by the domain's own functions; it is removed when the test is finished. */
export function buildPackage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const { tags } = sealPackage();
  for (const [path, content] of [...Object.entries(PAYLOAD), ...tags]) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

function sealPackage(): { readonly tags: readonly (readonly [string, string])[] } {
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
  const payload = { files: files.length, bytes: files.reduce((sum, { bytes }) => sum + bytes, 0) };
  const tags: readonly (readonly [string, string])[] = [
    ['manifest-sha256.txt', manifest],
    ['bagit.txt', writeBagit()],
    ['bag-info.txt', writeBagInfo({ baggingDate: '2026-03-02', payload, externalIdentifier: collection.id, more: [] })],
    ['custody.jsonl', `${custody.join('\n')}\n`],
    ['collection.json', `${JSON.stringify(record, null, 2)}\n`],
    ['report.html', renderReport(record)],
  ];
  const tagmanifest = writeManifest(tags.map(([path, text]) => ({ path, sha256: sha256(text) })));
  return { tags: [...tags, ['tagmanifest-sha256.txt', tagmanifest]] };
}
