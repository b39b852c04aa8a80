/** Names as `stat %N` of GNU quotes them for a shell, one a line after `before` characters -> their bytes, as latin1 text. */
export function readQuotedNames(listing: string): string[] {
  return listing
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => unquote(line.replace(/^(\S+ ){7}/, '')));
}

const escapes: Record<string, string> = { a: '\x07', b: '\b', e: '\x1b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** The parts of one quoted word: '...', "...", $'...' and \ before a character. Throws at anything else. */
function unquote(word: string): string {
  let name = '';
  let rest = word;
  while (rest !== '') {
    const part = /^(?:'([^']*)'|"([^"]*)"|\$'((?:[^'\\]|\\.)*)'|\\(.))/s.exec(rest);
    if (part === null) throw new Error(`this is not quoted: ${JSON.stringify(rest)}`);
    name += part[1] ?? part[2] ?? part[4] ?? readEscapes(part[3] ?? '');
    rest = rest.slice(part[0].length);
  }
  return name;
}

function readEscapes(text: string): string {
  return text.replaceAll(/\\([0-7]{3}|.)/gs, (_, what: string) =>
    /^[0-7]{3}$/.test(what) ? String.fromCharCode(Number.parseInt(what, 8)) : (escapes[what] ?? what),
  );
}
