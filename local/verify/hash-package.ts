import type { PackageRecord } from '../../shared/domain/package-record-schema.ts';
import { type Hashes, hashFile, hashGzip } from './hash-file.ts';
import type { PackageSource } from './package-source.ts';

/** The hashes of a package's files by path. */
export interface PackageHashes {
  readonly files: ReadonlyMap<string, Hashes>;
  /** Of what the files hold as gzips, for those of which the record tells it; null where one holds no such thing. */
  readonly contents: ReadonlyMap<string, Hashes | null>;
}

/** Hashes the files of a package one after the other; a gzip is read no further than the record says that it is long. */
export async function hashPackage(
  source: PackageSource,
  paths: Iterable<string>,
  record: PackageRecord | null,
): Promise<PackageHashes> {
  const told = listContents(record);
  const files = new Map<string, Hashes>();
  const contents = new Map<string, Hashes | null>();
  for (const path of paths) {
    const open = () => source.open(path);
    const contentBytes = told.get(path);
    if (contentBytes === undefined) {
      files.set(path, await hashFile(open));
    } else {
      const { own, content } = await hashGzip(open, contentBytes);
      files.set(path, own);
      contents.set(path, content);
    }
  }
  return { files, contents };
}

/** The files whose content a record tells of, with its length in bytes. */
function listContents(record: PackageRecord | null): ReadonlyMap<string, number> {
  const told = new Map<string, number>();
  for (const row of record?.results ?? []) {
    if (row.status !== 'stored' || row.inside === null) continue;
    told.set(row.path, Math.max(row.inside.bytes, told.get(row.path) ?? 0));
  }
  return told;
}
