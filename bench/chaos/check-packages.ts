import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { verifyPackage } from '../../local/verify/verify-package.ts';
import { packageRecordSchema } from '../../shared/domain/package-record-schema.ts';
import type { Finding } from './finding.ts';
import type { StoredCollection } from './read-collections.ts';

/** What the packages came to. */
export interface PackagesChecked {
  readonly intact: number;
  readonly files: number;
  readonly findings: readonly Finding[];
}

/** How packages are come by, each into its own folder, and the SHA-256 of the archive that each machine has and no other, by its id. */
export interface PackageParts {
  readonly folder: string;
  readonly fetchInto: (collectionId: string, folder: string) => Promise<number>;
  readonly archives: ReadonlyMap<string, string>;
}

/** I4 and I6: fetches the package of each collected one, verifies it, and looks for its machine's archive in it. */
export async function checkPackages(
  collections: readonly StoredCollection[],
  { folder, fetchInto, archives }: PackageParts,
): Promise<PackagesChecked> {
  const findings: Finding[] = [];
  let intact = 0;
  let files = 0;
  for (const { id, status, machineId } of collections) {
    if (status !== 'collected') continue;
    const own = join(folder, id);
    files += await fetchInto(id, own);
    const wrong = [...(await verify(own, id)), ...(await findArchive(own, id, archives.get(machineId ?? '')))];
    findings.push(...wrong);
    if (wrong.length === 0) intact += 1;
  }
  return { intact, files, findings };
}

async function verify(folder: string, id: string): Promise<readonly Finding[]> {
  const verification = await verifyPackage(folder);
  if (verification.verdict === 'intact') return [];
  return verification.faults.map(({ path, what }) => ({ what, where: `package ${id}, ${path}` }));
}

async function findArchive(folder: string, id: string, sha256: string | undefined): Promise<readonly Finding[]> {
  const text = await readFile(join(folder, 'collection.json'), 'utf8').catch(() => 'null');
  const record = packageRecordSchema.safeParse(JSON.parse(text));
  const rows = record.success ? record.data.results : [];
  const isThere = rows.some((row) => row.status === 'stored' && row.inside?.sha256 === sha256);
  return isThere ? [] : [{ what: 'It does not hold the archive of its machine.', where: `package ${id}` }];
}
