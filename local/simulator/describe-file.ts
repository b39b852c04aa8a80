import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/** A file that really exists: its full path, hashes in hex, and length. */
export type DescribedFile = { path: string; sha1: string; sha256: string; md5: string; sizeBytes: number };

/** Reads a file once and tells its hashes and length; rejects if it cannot be read. */
export async function describeFile(path: string): Promise<DescribedFile> {
  const hashes = { sha1: createHash('sha1'), sha256: createHash('sha256'), md5: createHash('md5') };
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path)) {
    for (const hash of Object.values(hashes)) hash.update(chunk);
    sizeBytes += chunk.length;
  }
  return {
    path,
    sha1: hashes.sha1.digest('hex'),
    sha256: hashes.sha256.digest('hex'),
    md5: hashes.md5.digest('hex'),
    sizeBytes,
  };
}
