import type { LibraryFile } from './library-file.ts';
import { matchScript, tellChange } from './library-match.ts';

/** A reviewed script as the library should hold it; `sha256` in hex, lower case. */
export interface WantedScript {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** What is to be done about one file of the library: `leave` it as it is, or `refuse` until somebody decides. */
export interface LibraryStep {
  readonly name: string;
  readonly state: 'new' | 'same' | 'different' | 'foreign' | 'unusable';
  readonly act: 'upload' | 'replace' | 'leave' | 'refuse';
  /** SHA-256 of the reviewed script, null for a foreign file. */
  readonly sha256: string | null;
  /** The file as the library lists it, null where it has none. */
  readonly listed: LibraryFile | null;
  /** One sentence for people. */
  readonly reason: string;
}

/** The largest file that the API takes into the library (Defender: upload library file). */
export const LARGEST_BYTES = 20 * 1024 * 1024;

/** What speaks against a file's going into the library, null when nothing does. Names: letters, digits, `-`, `_` and `.`, as a script whose name had a space did not run. */
export function checkLibraryFile({ name, bytes }: Pick<WantedScript, 'name' | 'bytes'>): string | null {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(name))
    return "a library file's name has letters, digits, - _ and . only, does not begin with a dot, and is at most 128 long. Rename the file.";
  if (bytes > LARGEST_BYTES)
    return `${name} has ${bytes} bytes, and Defender takes 20 MB at most. Make it smaller, or upload it in the portal.`;
  return null;
}

/**
 * Compares the reviewed scripts with the library: what is missing is uploaded, what is the same or foreign is left, what
 * is different is refused unless it is named in `replace`. The scripts come first, each in its order, then the foreign files.
 */
export function planLibrary(
  wanted: readonly WantedScript[],
  listed: readonly LibraryFile[],
  replace: ReadonlySet<string>,
): readonly LibraryStep[] {
  const own = new Set(wanted.map(({ name }) => name.toLowerCase()));
  const foreign = listed.filter((file) => !own.has(file.fileName.toLowerCase()));
  return [...wanted.map((script) => planScript(script, listed, replace)), ...foreign.map(leaveForeign)];
}

function planScript(script: WantedScript, listed: readonly LibraryFile[], replace: ReadonlySet<string>): LibraryStep {
  const { name, sha256 } = script;
  const found = matchScript(script, listed);
  const basis = { name, sha256, listed: found.match === 'missing' ? null : found.file };
  const fault = checkLibraryFile(script);
  if (fault !== null) return { ...basis, state: 'unusable', act: 'refuse', reason: `It cannot be uploaded: ${fault}` };
  switch (found.match) {
    case 'missing':
      return { ...basis, state: 'new', act: 'upload', reason: 'The library has no file of this name.' };
    case 'same':
      return { ...basis, state: 'same', act: 'leave', reason: 'The library holds the reviewed script.' };
    case 'different': {
      const { fileName } = found.file;
      const told = `${fileName} in the library is not the reviewed script (${tellChange(found.file)})`;
      // By its own name another file would be made beside it, and to Windows both are one.
      if (fileName !== name)
        return {
          ...basis,
          state: 'different',
          act: 'refuse',
          reason: `${told}: its name differs in capitals. Remove it in the portal first.`,
        };
      return replace.has(name)
        ? { ...basis, state: 'different', act: 'replace', reason: `${told}; it is replaced by the reviewed one.` }
        : {
            ...basis,
            state: 'different',
            act: 'refuse',
            reason: `${told}; it is not run. If it is to be the reviewed one again, name it in the order to replace it.`,
          };
    }
    default: {
      const unknown: never = found;
      throw new Error(`Unknown match ${JSON.stringify(unknown)}.`);
    }
  }
}

function leaveForeign(listed: LibraryFile): LibraryStep {
  const reason = `It is not one of the reviewed scripts (${tellChange(listed)}), and is left alone.`;
  return { name: listed.fileName, state: 'foreign', act: 'leave', sha256: null, listed, reason };
}
