/** What came of reading a text as JSON. */
export type Parsed =
  | { readonly parsed: 'value'; readonly value: unknown }
  | { readonly parsed: 'nothing' | 'not JSON' };

/** Escapes that JSON knows, which stay, or a backslash before punctuation, as the documentation's samples print `\@odata.context`. */
const BACKSLASH = /\\(["\\/bfnrtu])|\\([^\w\s"\\/])/g;

/**
 * Reads JSON as Defender and its documentation write it: a byte order mark and NULs are dropped, and where that is not
 * enough also backslashes before punctuation and raw line ends in strings; `nothing` for an empty text.
 */
export function parseJson(text: string): Parsed {
  const plain = text.replace(/^\uFEFF/, '').replaceAll('\0', '');
  if (plain.trim() === '') return { parsed: 'nothing' };
  const strict = tryParse(plain);
  return strict.parsed === 'value' ? strict : tryParse(repair(plain));
}

function repair(text: string): string {
  return text
    .replace(/[\r\n\t]/g, ' ')
    .replace(BACKSLASH, (_, known?: string, stray?: string) => (known === undefined ? `${stray}` : `\\${known}`));
}

function tryParse(text: string): Parsed {
  try {
    const value: unknown = JSON.parse(text);
    return { parsed: 'value', value };
  } catch {
    return { parsed: 'not JSON' };
  }
}
