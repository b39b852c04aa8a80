import type { PackageRecord } from './package-record-schema.ts';
import { writeCount } from './report-figures.ts';

/** What a reader must know who reads no further: each says that something is not as it should be. */
export function listWarnings({ relatedFiles, scriptRuns, results }: PackageRecord): readonly string[] {
  const changed = relatedFiles.filter(({ comparison }) => comparison.verdict === 'changed').length;
  const unlike = results.filter(
    (row) => row.status === 'stored' && row.machineAgainstStorage?.verdict === 'changed',
  ).length;
  return [
    ...(changed === 0
      ? []
      : [`${writeCount(changed, 'file')} of the alert ${changed === 1 ? 'is' : 'are'} not what the alert says.`]),
    ...(unlike === 0
      ? []
      : [`${writeCount(unlike, 'stored result')} ${unlike === 1 ? 'is' : 'are'} not what the machine reported.`]),
    ...(scriptRuns.some(({ isReviewed }) => isReviewed === 'no')
      ? ['The machine reports that it ran another script than the reviewed one.']
      : []),
    ...(scriptRuns.some(({ clock }) => clock !== null && clock.verdict !== 'agrees')
      ? ['The machine’s clock is not ours.']
      : []),
  ];
}
