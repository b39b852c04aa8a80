import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const parent = '/var/tmp';
const namePattern = /^evidence-collector-[A-Za-z0-9_-]+$/;

/** Names the folders of collection scripts that exist, so that those of others can be told apart later. */
export async function listArchiveFolders(): Promise<ReadonlySet<string>> {
  const names = await readdir(parent).catch(() => []);
  return new Set(names.filter((name) => namePattern.test(name)));
}

/**
 * Removes folders that collection scripts left directly below /var/tmp: only those that lie on the way of one of
 * the paths that GetFile was asked for, and that did not exist before.
 */
export async function removeArchiveFolders(
  getFilePaths: readonly string[],
  before: ReadonlySet<string>,
): Promise<void> {
  for (const path of getFilePaths) {
    const name = new RegExp(`^${parent}/([^/]+)/[^/]+`).exec(path)?.[1];
    if (name === undefined || !namePattern.test(name) || before.has(name)) continue;
    const folder = join(parent, name);
    const facts = await lstat(folder).catch(() => undefined);
    if (facts?.isDirectory() === true) await rm(folder, { recursive: true, force: true });
  }
}
