import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ScenarioLibraryFile } from './scenario.ts';

/** A file of the library as the API lists it; `parametersDescription` is absent where none was given. */
export type LibraryFileEntity = {
  fileName: string;
  sha256: string;
  description: string | null;
  creationTime: string;
  lastUpdatedTime: string;
  createdBy: string;
  hasParameters: boolean;
  parametersDescription?: string;
};

/** A file of the library with the place of its bytes. */
export type LibraryFile = { entity: LibraryFileEntity; path: string; sizeBytes: number };

/** The tenant's library, its bytes kept below a folder. */
export type Library = {
  list(): readonly LibraryFileEntity[];
  find(fileName: string): LibraryFile | undefined;
  put(entity: Omit<LibraryFileEntity, 'sha256'>, bytes: Uint8Array): Promise<LibraryFileEntity>;
  remove(fileName: string): Promise<'removed' | 'absent'>;
};

/** Opens a library in a folder with the files of a scenario. */
export async function openLibrary(folder: string, initial: readonly ScenarioLibraryFile[]): Promise<Library> {
  await mkdir(folder, { recursive: true });
  const files = new Map<string, LibraryFile>();

  async function put(entity: Omit<LibraryFileEntity, 'sha256'>, bytes: Uint8Array): Promise<LibraryFileEntity> {
    const path = join(folder, randomUUID());
    await writeFile(path, bytes);
    const { fileName, ...rest } = entity;
    const stored = { fileName, sha256: createHash('sha256').update(bytes).digest('hex'), ...rest };
    const previous = files.get(fileName);
    files.set(fileName, { entity: stored, path, sizeBytes: bytes.length });
    if (previous !== undefined) await rm(previous.path, { force: true });
    return stored;
  }

  async function remove(fileName: string): Promise<'removed' | 'absent'> {
    const file = files.get(fileName);
    if (file === undefined) return 'absent';
    files.delete(fileName);
    await rm(file.path, { force: true });
    return 'removed';
  }

  for (const { text, ...entity } of initial) {
    await put({ ...entity, lastUpdatedTime: entity.creationTime }, Buffer.from(text, 'utf8'));
  }
  return {
    list: () => [...files.values()].map((file) => file.entity),
    find: (fileName) => files.get(fileName),
    put,
    remove,
  };
}
