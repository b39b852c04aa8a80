/** Whose paths a text looks like, or why GetFile must not be asked for it. */
export type PathJudgement =
  | { readonly judgement: 'windows' | 'unix' }
  | { readonly judgement: 'refused'; readonly why: string };

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;
const RESERVED = /^(con|prn|aux|nul|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3]|conin\$|conout\$)(\.|$)/i;
const KERNEL = /^\/(dev|proc|sys)(\/|$)/;

/**
 * Judges a path that is to be fetched: absolute and local, one file. Refused are UNC and device paths, alternate streams,
 * `..`, wildcards, hidden characters, and names that Windows reserves.
 */
export function judgePath(path: string): PathJudgement {
  const refuse = (why: string): PathJudgement => ({ judgement: 'refused', why });
  if (HIDDEN.test(path)) return refuse('it has a control, invisible or direction character');
  if (/^[\\/]{2}/.test(path)) return refuse('it is a network or device path; give a path on a local drive');
  if (/[*?]/.test(path)) return refuse('it has a wildcard; name one file');
  if (path.split(/[\\/]/).some((part) => part === '..' || part === '.'))
    return refuse('it has . or .. in it; write it out');
  if (path.startsWith('/')) return judgeUnix(path);
  if (/^[A-Za-z]:\\/.test(path)) return judgeWindows(path);
  return refuse('it is not absolute; begin with / or with a drive such as C:\\');
}

function judgeUnix(path: string): PathJudgement {
  if (/[[\]]/.test(path)) return { judgement: 'refused', why: 'it has a wildcard; name one file' };
  if (KERNEL.test(path)) return { judgement: 'refused', why: 'it is no file but a device or the kernel’s own' };
  if (path.endsWith('/') || path.includes('//')) return { judgement: 'refused', why: 'a part of it is empty' };
  return { judgement: 'unix' };
}

function judgeWindows(path: string): PathJudgement {
  const refuse = (why: string): PathJudgement => ({ judgement: 'refused', why });
  const rest = path.slice(3);
  if (rest.includes(':')) return refuse('it names an alternate stream');
  if (/["<>|/]/.test(rest)) return refuse('it has a character that no Windows path has');
  const parts = rest.split('\\');
  if (parts.includes('')) return refuse('a part of it is empty');
  if (parts.some((part) => /[. ]$/.test(part))) return refuse('a part of it ends in a dot or a space');
  if (parts.some((part) => RESERVED.test(part))) return refuse('it has a name that Windows reserves for devices');
  return { judgement: 'windows' };
}
