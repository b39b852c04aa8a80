import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { checkLibraryFile } from '../shared/domain/library-plan.ts';

const requestDescription =
  'One argument: the request as base64url of JSON, at most 8,000 characters (see library/README.md).';

/** A script's file below library/, and its texts for the tenant's library. */
export type ListedScript = Omit<LockedScript, 'sha256'>;

/** The scripts of the library and what the tenant's library shows of them; a new script gets its line here. */
const scripts: readonly ListedScript[] = [
  {
    path: 'unix/evidence-triage.sh',
    description: 'Evidence Collector: triage of a Linux machine and the files of an alert, packed as tar.gz.',
    parametersDescription: requestDescription,
  },
  {
    path: 'unix/evidence-triage-macos.sh',
    description: 'Evidence Collector: triage of a macOS machine and the files of an alert, packed as tar.gz.',
    parametersDescription: requestDescription,
  },
  {
    path: 'unix/evidence-alerted-files.sh',
    description: 'Evidence Collector: the files of an alert on Linux or macOS, packed as tar.gz.',
    parametersDescription: requestDescription,
  },
  {
    path: 'unix/evidence-process-memory.sh',
    description: 'Evidence Collector: memory of the Linux processes that run a file of an alert, packed as tar.gz.',
    parametersDescription: requestDescription,
  },
  {
    path: 'unix/evidence-harvest.sh',
    description: 'Evidence Collector: the archive of work that was started detached on Linux or macOS.',
    parametersDescription: requestDescription,
  },
  {
    path: 'windows/evidence-triage.ps1',
    description: 'Evidence Collector: triage of a Windows machine and the files of an alert, packed as zip.',
    parametersDescription: requestDescription,
  },
  {
    path: 'windows/evidence-alerted-files.ps1',
    description: 'Evidence Collector: the files of an alert on Windows, with a verdict on each, packed as zip.',
    parametersDescription: requestDescription,
  },
  {
    path: 'windows/evidence-process-memory.ps1',
    description: 'Evidence Collector: the memory of processes that run a file of an alert on Windows, packed as zip.',
    parametersDescription: requestDescription,
  },
  {
    path: 'windows/evidence-harvest.ps1',
    description: 'Evidence Collector: the archive that detached work of an earlier session made on Windows.',
    parametersDescription: requestDescription,
  },
];

/** A reviewed script: where it is below library/, the SHA-256 of its bytes in hex, and its texts for the tenant's library. */
export type LockedScript = { path: string; sha256: string; description: string; parametersDescription: string };

/** The text of lock.json for the scripts as they are in a library folder; throws when one is not there, or the tenant's library would not take it. */
export async function buildLockText(libraryFolder: string, listed: readonly ListedScript[] = scripts): Promise<string> {
  const lock: Record<string, LockedScript> = {};
  for (const { path, description, parametersDescription } of listed) {
    const bytes = await readFile(resolve(libraryFolder, path));
    const name = path.slice(path.lastIndexOf('/') + 1);
    const fault = checkLibraryFile({ name, bytes: bytes.byteLength });
    if (fault !== null) throw new Error(`library/${path}: ${fault}`);
    // The tenant's library knows no folders, and to Windows names that differ in capitals are one.
    const twin = Object.keys(lock).find((other) => other.toLowerCase() === name.toLowerCase());
    if (twin !== undefined) throw new Error(`library/${path}: the lock has ${twin} already. Rename one of them.`);
    lock[name] = { path, sha256: createHash('sha256').update(bytes).digest('hex'), description, parametersDescription };
  }
  return `${JSON.stringify(lock, null, 2)}\n`;
}

async function main(isCheck: boolean): Promise<void> {
  const folder = resolve(import.meta.dirname, '../library');
  const file = resolve(folder, 'lock.json');
  const text = await buildLockText(folder);
  if (!isCheck) {
    await writeFile(file, text);
    console.log('library/lock.json is written: review its hashes with the scripts.');
    return;
  }
  if ((await readFile(file, 'utf8').catch(() => '')) === text) {
    console.log('library/lock.json agrees with the scripts.');
    return;
  }
  console.error('library/lock.json does not agree with the scripts. Review them, then run: npm run lock');
  process.exitCode = 1;
}

if (import.meta.main) await main(process.argv.includes('--check'));
