import type { LibraryFile } from './library-file.ts';

/** A script's file as the library lists it, against the reviewed one. */
export type LibraryMatch =
  | { readonly match: 'same'; readonly file: LibraryFile }
  | { readonly match: 'missing' }
  | { readonly match: 'different'; readonly file: LibraryFile };

/** Looks a script up in a listed library by name and SHA-256 (hex, lower case); names that differ in case only are one name to Windows, so such a file is a different one. */
export function matchScript(
  script: { readonly name: string; readonly sha256: string },
  listed: readonly LibraryFile[],
): LibraryMatch {
  const alike = listed.filter((file) => file.fileName.toLowerCase() === script.name.toLowerCase());
  const wrong = alike.find((file) => file.fileName !== script.name || file.sha256.toLowerCase() !== script.sha256);
  if (wrong !== undefined) return { match: 'different', file: wrong };
  const [file] = alike;
  return file === undefined ? { match: 'missing' } : { match: 'same', file };
}

/** Who put a file there and when, as Defender says: `put there by admin on 2026-11-20T08:00:00Z`. */
export function tellChange({ createdBy, lastUpdatedAt }: LibraryFile): string {
  const who = createdBy === null || createdBy === '' ? 'somebody' : createdBy;
  const when = lastUpdatedAt === null || lastUpdatedAt === '' ? 'at an unknown time' : `on ${lastUpdatedAt}`;
  return `put there by ${who} ${when}`;
}
