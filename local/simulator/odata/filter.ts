import { padTime } from '../defender-time.ts';

/** The properties that may be filtered, by the kind of their literals. */
export type Fields = Readonly<Record<string, 'string' | 'number' | 'time'>>;

/** An entity as the query options see it. */
export type Row = Readonly<Record<string, unknown>>;

/** A query option that Defender would refuse with 400 ODataError. */
export class ODataError extends Error {}

type Test = (row: Row) => boolean;
/** A property or a literal, ready to be compared. */
export type Value = string | number | null;
type Kind = Fields[string];

/**
 * Parses a `$filter`: `eq ne gt ge lt le`, `in (…)`, `startswith(…)`, `and`, `or`, `not` and parentheses, operators in
 * any case. Throws ODataError for anything else, for an unknown property, or a literal of another kind.
 */
export function parseFilter(text: string, fields: Fields): Test {
  const tokens = tokenise(text);
  const next = (): string => tokens.shift() ?? '';
  const peekIs = (word: string): boolean => tokens[0]?.toLowerCase() === word;
  const take = (word: string): void => {
    if (next().toLowerCase() !== word) throw new ODataError(`Syntax error: '${word}' expected in '${text}'.`);
  };

  function parseAny(operator: 'or' | 'and'): Test {
    const parse = operator === 'or' ? (): Test => parseAny('and') : parseTerm;
    const tests = [parse()];
    while (peekIs(operator)) {
      next();
      tests.push(parse());
    }
    return operator === 'or' ? (row) => tests.some((test) => test(row)) : (row) => tests.every((test) => test(row));
  }

  function parseTerm(): Test {
    if (peekIs('(')) {
      next();
      const inner = parseAny('or');
      take(')');
      return inner;
    }
    if (peekIs('not')) {
      next();
      const inner = parseTerm();
      return (row) => !inner(row);
    }
    return peekIs('startswith') ? parseStartsWith() : parseComparison();
  }

  function parseStartsWith(): Test {
    next();
    take('(');
    const field = parseField();
    take(',');
    const prefix = readLiteral(next(), 'string');
    take(')');
    return (row) => String(row[field.name] ?? '').startsWith(String(prefix));
  }

  function parseComparison(): Test {
    const field = parseField();
    const operator = next().toLowerCase();
    if (operator !== 'in') return comparison(field, operator, readLiteral(next(), field.kind));
    take('(');
    const values = [readLiteral(next(), field.kind)];
    while (peekIs(',')) {
      next();
      values.push(readLiteral(next(), field.kind));
    }
    take(')');
    return (row) => values.includes(readValue(row[field.name], field.kind));
  }

  function parseField(): { name: string; kind: Kind } {
    const name = next();
    const kind = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (kind === undefined) throw new ODataError(`The property '${name}' cannot be used in the $filter query option.`);
    return { name, kind };
  }

  const test = parseAny('or');
  if (tokens.length > 0) throw new ODataError(`Syntax error: '${tokens.join(' ')}' is not expected in '${text}'.`);
  return test;
}

function comparison(field: { name: string; kind: Kind }, operator: string, wanted: Value): Test {
  const ordered = (holds: (order: number) => boolean): Test => {
    return (row) => {
      const value = readValue(row[field.name], field.kind);
      if (value === null || wanted === null) return false;
      return holds(value < wanted ? -1 : value > wanted ? 1 : 0);
    };
  };
  switch (operator) {
    case 'eq':
      return (row) => readValue(row[field.name], field.kind) === wanted;
    case 'ne':
      return (row) => readValue(row[field.name], field.kind) !== wanted;
    case 'gt':
      return ordered((order) => order > 0);
    case 'ge':
      return ordered((order) => order >= 0);
    case 'lt':
      return ordered((order) => order < 0);
    case 'le':
      return ordered((order) => order <= 0);
    default:
      throw new ODataError(`Syntax error: '${operator}' is not an operator.`);
  }
}

/** Reads a property for comparison: times become strings whose order is that of the times; what is absent is null. */
export function readValue(value: unknown, kind: Kind): Value {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  return kind === 'time' ? (padTime(value) ?? null) : value;
}

function readLiteral(token: string, kind: Kind): Value {
  if (token === 'null') return null;
  const text = /^'(.*)'$/s.exec(token)?.[1]?.replaceAll("''", "'");
  const isGuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(token);
  const value =
    kind === 'string'
      ? (text ?? (isGuid ? token : undefined))
      : kind === 'number'
        ? /^-?\d+$/.test(token)
          ? Number(token)
          : undefined
        : padTime(token);
  if (value === undefined) throw new ODataError(`The literal '${token}' is not of the type of its property.`);
  return value;
}

function tokenise(text: string): string[] {
  const tokens: string[] = text.match(/'(?:[^']|'')*'|[(),]|[^\s(),']+|'/g) ?? [];
  if (tokens.length === 0 || tokens.includes("'")) throw new ODataError(`Syntax error in '${text}'.`);
  return tokens;
}
