import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { checkLibraryFile } from '../domain/library-plan.ts';
import { ContentError } from './content-error.ts';

const lockSchema = z.record(
  z.string(),
  z.object({
    path: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    description: z.string(),
    parametersDescription: z.string(),
  }),
);

/** A reviewed script: the bytes that were pinned by hash when it was reviewed. */
export interface PinnedScript {
  readonly name: string;
  readonly content: Uint8Array;
  readonly sha256: string;
  readonly description: string;
  readonly parametersDescription: string;
}

/** Reads the library's scripts and compares each with its pinned hash in `lock.json`; a difference is an error, as it was not reviewed. */
export async function readLibrary(folder: URL): Promise<ReadonlyMap<string, PinnedScript>> {
  const lock = lockSchema.parse(JSON.parse(await readFile(new URL('lock.json', folder), 'utf8')));
  const scripts = new Map<string, PinnedScript>();
  for (const [name, { path, sha256, description, parametersDescription }] of Object.entries(lock)) {
    const content = await readFile(new URL(path, folder));
    const actual = createHash('sha256').update(content).digest('hex');
    if (actual !== sha256) {
      throw new ContentError(
        `library/${path} is not the file that was reviewed: its SHA-256 is ${actual}, the lock says ${sha256}. Review it and write the lock again, or restore it.`,
      );
    }
    const fault = checkLibraryFile({ name, bytes: content.byteLength });
    if (fault !== null) throw new ContentError(`library/${path} cannot go into the tenant's library: ${fault}`);
    scripts.set(name, { name, content, sha256, description, parametersDescription });
  }
  return scripts;
}
