/** The most files that one request may ask for, and the most characters of all their paths: they are kept in a row. */
export const MOST_FILES = 20;
const MOST_CHARACTERS = 4_000;

/** A full path on the machine itself, from its root or a drive, of visible characters, 1,000 at most. */
const PATH = /^(?:\/|[A-Za-z]:[\\/])[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]{1,1000}$/u;

/** Whether a text may be the path of a file on a machine. */
export function isPath(path: string): boolean {
  return PATH.test(path);
}

/** The first paths that a row has room for; what may be no path is left out. */
export function fitFiles(paths: readonly string[]): readonly string[] {
  const fitting: string[] = [];
  let characters = 0;
  for (const path of paths) {
    // As a row keeps them: with every quote and backslash escaped.
    characters += JSON.stringify(path).length;
    if (fitting.length === MOST_FILES || characters > MOST_CHARACTERS) break;
    if (isPath(path)) fitting.push(path);
  }
  return fitting;
}
