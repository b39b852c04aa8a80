/** An expression of the workflow definition language, as far as the playbooks use it. */
export type Expression =
  | { readonly is: 'literal'; readonly value: string | number | boolean | null }
  | { readonly is: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly is: 'member';
      readonly of: Expression;
      readonly key: Expression;
      /** Whether a missing member is null (`?[…]`) or a fault (`[…]`). */
      readonly missing: 'null' | 'fault';
    };

/** A piece of a text: what stands there as it is, or the expression of `@{…}`. */
export type Piece =
  | { readonly is: 'text'; readonly text: string }
  | { readonly is: 'expression'; readonly expression: Expression };

/** What a text of a definition means: one expression with a value of any type, or pieces that become a text. */
export type Template =
  | { readonly is: 'expression'; readonly expression: Expression }
  | { readonly is: 'pieces'; readonly pieces: readonly Piece[] };

const TOKEN = /\s*('(?:[^']|'')*'|-?\d+(?:\.\d+)?|[A-Za-z_][\w$]*|\?\[|[()[\],}])/y;

/** Reads a text as Logic Apps does: `@x` is an expression, `@@` an at sign, `@{x}` one within a text. Throws where it is none. */
export function parseTemplate(text: string): Template {
  if (/^@[^@{]/.test(text)) {
    const { expression, end } = parseExpression(text, 1);
    if (text.slice(end).trim() !== '') throw new Error(`What follows is no part of the expression: ${text.slice(end)}`);
    return { is: 'expression', expression };
  }
  const pieces: Piece[] = [];
  let plain = text.startsWith('@@') ? text.slice(1) : text;
  for (let from = plain.indexOf('@{'); from !== -1; from = plain.indexOf('@{')) {
    const { expression, end } = parseExpression(plain, from + 2);
    const close = readToken(plain, end);
    if (close.token !== '}') throw new Error(`An expression in the text does not end: ${plain.slice(from)}`);
    pieces.push({ is: 'text', text: plain.slice(0, from) }, { is: 'expression', expression });
    plain = plain.slice(close.end);
  }
  return { is: 'pieces', pieces: [...pieces, { is: 'text', text: plain }] };
}

interface Parsed {
  readonly expression: Expression;
  readonly end: number;
}

function parseExpression(text: string, start: number): Parsed {
  let parsed = parsePrimary(text, start);
  for (;;) {
    const { token, end } = readToken(text, parsed.end);
    if (token !== '[' && token !== '?[') return parsed;
    const key = parseExpression(text, end);
    const missing = token === '?[' ? 'null' : 'fault';
    const member: Expression = { is: 'member', of: parsed.expression, key: key.expression, missing };
    parsed = { expression: member, end: expect(text, key.end, ']') };
  }
}

function parsePrimary(text: string, start: number): Parsed {
  const { token, end } = readToken(text, start);
  if (token.startsWith("'")) return literal(token.slice(1, -1).replaceAll("''", "'"), end);
  if (/^-?\d/.test(token)) return literal(Number(token), end);
  if (token === 'true' || token === 'false') return literal(token === 'true', end);
  if (token === 'null') return literal(null, end);
  if (!/^[A-Za-z_]/.test(token)) throw new Error(`An expression cannot begin here: ${text.slice(start)}`);
  return parseArguments(text, token, expect(text, end, '('));
}

function parseArguments(text: string, name: string, start: number): Parsed {
  const args: Expression[] = [];
  const first = readToken(text, start);
  if (first.token === ')') return { expression: { is: 'call', name, args }, end: first.end };
  for (let from = start; ; ) {
    const { expression, end } = parseExpression(text, from);
    args.push(expression);
    const next = readToken(text, end);
    if (next.token === ')') return { expression: { is: 'call', name, args }, end: next.end };
    from = expect(text, end, ',');
  }
}

function literal(value: string | number | boolean | null, end: number): Parsed {
  return { expression: { is: 'literal', value }, end };
}

/** The place after a token that must stand here. */
function expect(text: string, start: number, wanted: string): number {
  const { token, end } = readToken(text, start);
  if (token !== wanted) throw new Error(`The brackets or quotes do not match, ${wanted} is missing: ${text}`);
  return end;
}

/** The next token and the place after it; an empty one at the end of the text and before what is none. */
function readToken(text: string, start: number): { readonly token: string; readonly end: number } {
  TOKEN.lastIndex = start;
  const token = TOKEN.exec(text)?.[1] ?? '';
  return { token, end: token === '' ? start : TOKEN.lastIndex };
}
