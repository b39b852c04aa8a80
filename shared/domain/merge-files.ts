import type { RelatedFile } from './alert.ts';

/**
 * The files of an alert's evidence, completed by Defender's file profiles of the same hash, and the profiles that the
 * evidence does not mention; only the evidence knows paths (Defender: get alert related files).
 */
export function mergeFiles(evidence: readonly RelatedFile[], profiles: readonly RelatedFile[]): readonly RelatedFile[] {
  const unused = new Set(profiles);
  const completed = evidence.map((file) => {
    const profile = profiles.find((candidate) => isSameContent(file, candidate));
    if (profile === undefined) return file;
    unused.delete(profile);
    return {
      ...profile,
      path: file.path,
      sha1: file.sha1 ?? profile.sha1,
      sha256: file.sha256 ?? profile.sha256,
      md5: file.md5 ?? profile.md5,
      sizeBytes: file.sizeBytes ?? profile.sizeBytes,
    };
  });
  return [...completed, ...unused];
}

function isSameContent(file: RelatedFile, other: RelatedFile): boolean {
  return (file.sha256 !== null && file.sha256 === other.sha256) || (file.sha1 !== null && file.sha1 === other.sha1);
}
