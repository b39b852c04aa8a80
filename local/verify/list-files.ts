import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from './fault.ts';

/** The regular files below a folder by their path with slashes, with their length in bytes, and a fault for everything else. */
export interface Listing {
  readonly files: ReadonlyMap<string, number>;
  readonly faults: readonly Fault[];
}

/** Lists a package's files; links are faults and never followed. Throws when the folder itself cannot be read. */
export async function listFiles(folder: string): Promise<Listing> {
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
