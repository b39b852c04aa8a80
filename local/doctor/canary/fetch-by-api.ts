import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { filesSchema } from './answers.ts';
import type { AppApi } from './open-app.ts';

/** How many files of a package were fetched, or the sentence that says which was not. */
export type FetchedPackage =
  | { readonly outcome: 'fetched'; readonly files: number; readonly bytes: number }
  | { readonly outcome: 'not fetched'; readonly why: string };

/** Fetches a package into a folder by the HTTP API, as streams; each download is an entry of its custody log. */
export async function fetchByApi(api: AppApi, id: string, folder: string): Promise<FetchedPackage> {
  const listed = await api.ask(`collections/${id}/evidence`);
  if (listed.answer !== 'given') return { outcome: 'not fetched', why: listed.why };
  const list = filesSchema.safeParse(await listed.response.json().catch(() => null));
  if (!list.success) return { outcome: 'not fetched', why: 'It lists something else than files.' };
  for (const { path } of list.data.files) {
    const target = resolve(folder, path);
    if (!target.startsWith(`${resolve(folder)}${sep}`))
      return { outcome: 'not fetched', why: `A name leads out of the package: ${JSON.stringify(path)}.` };
    const opened = await api.ask(`collections/${id}/evidence/${path.split('/').map(encodeURIComponent).join('/')}`);
    if (opened.answer !== 'given') return { outcome: 'not fetched', why: `${path}: ${opened.why}` };
    await mkdir(dirname(target), { recursive: true });
    const taken = await pipeline(opened.response.body ?? [], createWriteStream(target)).then(
      () => 'whole' as const,
      () => 'broken off' as const,
    );
    if (taken === 'broken off') return { outcome: 'not fetched', why: `${path} broke off on its way.` };
  }
  const bytes = list.data.files.reduce((sum, file) => sum + file.bytes, 0);
  return { outcome: 'fetched', files: list.data.files.length, bytes };
}
