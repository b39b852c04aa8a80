import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.ts';
import type { Listing, PackageSource } from './package-source.ts';

/** Read in pieces of this length: fewer and larger ones than by default hash faster. */
const PIECE_BYTES = 512 * 1024;

/** A package in a folder; links in it are faults and never followed. Throws when the folder or a file cannot be read. */
export function openFolder(folder: string): PackageSource {
  return {
    list: () => listFolder(folder),
    open: async (path) => createReadStream(join(folder, path), { highWaterMark: PIECE_BYTES }),
  };
}

async function listFolder(folder: string): Promise<Listing> {
  const files = new Map<string, number>();
  const faults: Fault[] = [];
  const below = [''];
  for (let prefix = below.pop(); prefix !== undefined; prefix = below.pop()) {
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory()) below.push(`${path}/`);
      else if (entry.isFile()) files.set(path, (await stat(join(folder, path))).size);
      else if (entry.isSymbolicLink())
        faults.push({ path, what: 'It is a link, which a package never holds; it was not followed.' });
      else faults.push({ path, what: 'It is no regular file.' });
    }
  }
  return { files, faults };
}
