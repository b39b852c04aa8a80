import { describePackage } from '../../../shared/domain/package-record.ts';
import type { PackageRecord } from '../../../shared/domain/package-record-schema.ts';
import { type ShownTranscript, showTranscript } from '../../../shared/domain/shown-transcript.ts';
import { liveWell, PLAN_WITH_FILES, SAID, sha256, WORDS } from './package-record-fixture.ts';

/** What an alert of an intruder may hold: markup, ends of what surrounds it, and characters that turn or hide others. */
export const HOSTILE =
  '"><script>document.title=1</script><img src=x onerror=alert(1)></title></style></bdi></main><!--\u202Egpj.exe\u2066\u0000]]>';

/** The record and transcript of a collection whose alert names 5,000 files and says `text` wherever an alert or a machine has words. */
export function recordWith(text: string): {
  readonly record: PackageRecord;
  readonly transcripts: readonly ShownTranscript[];
} {
  const files = Array.from({ length: 5000 }, (_, index) => ({
    path: `C:\\Users\\${text}\\${index}`,
    sha256: index % 3 === 0 ? text : 'd'.repeat(64),
    sha1: null,
    md5: null,
    sizeBytes: index,
  }));
  const { collection, custody } = liveWell({ plan: PLAN_WITH_FILES, title: text, machineName: text });
  const told = SAID.files.map((file) => ({ ...file, status: text }));
  const words = {
    basis: {
      ...{ ...WORDS.basis, category: text, detectionSource: text, osPlatform: text, why: [text] },
      relatedFiles: [...WORDS.basis.relatedFiles, ...files],
    },
    testimonies: [{ session: 0, index: 0, said: { ...SAID, zone: text, archivePath: text, files: told } }],
  };
  const record = describePackage(collection, custody, '0.1.0', sha256, words);
  const printed = { exitCode: 1, answer: 'none', reason: null, archiveSha256: null, archiveBytes: null } as const;
  const transcripts = [
    showTranscript({ session: 0, index: 0 }, { ...printed, output: `${text}\n${text}`, errors: text }),
  ];
  return { record, transcripts };
}
