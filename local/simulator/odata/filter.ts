import { type Kind, ODataError, readLiteral, readValue, tokenise, type Value } from './literal.ts';

/** The properties that may be filtered, by the kind of their literals; `strings` is a list, for `any` alone. */
export type Fields = Readonly<Record<string, Kind | 'strings'>>;

/** An entity as the query options see it. */
export type Row = Readonly<Record<string, unknown>>;

type Test = (row: Row) => boolean;

/**
 * Parses a `$filter`: `eq ne gt ge lt le`, `in (…)`, `startswith(…)`, `tags/any(t: t eq '…')`, `and`, `or`, `not` and
 * parentheses, operators in any case. Throws ODataError for anything else, for an unknown property, or a literal of another kind.
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
    if (tokens[0]?.endsWith('/any') === true) return parseAnyOfList();
    return peekIs('startswith') ? parseStartsWith() : parseComparison();
  }

  function parseAnyOfList(): Test {
    const name = next().slice(0, -'/any'.length);
    if (fieldOf(name) !== 'strings') throw new ODataError(`The property '${name}' is no list.`);
    take('(');
    const variable = /^(\w+):$/.exec(next())?.[1] ?? '';
    take(variable.toLowerCase());
    take('eq');
    const wanted = readLiteral(next(), 'string');
    take(')');
    return (row) => Array.isArray(row[name]) && row[name].includes(wanted);
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
    const kind = fieldOf(name);
    if (kind !== undefined && kind !== 'strings') return { name, kind };
    throw new ODataError(`The property '${name}' cannot be used in the $filter query option.`);
  }

  function fieldOf(name: string): Fields[string] | undefined {
    return Object.hasOwn(fields, name) ? fields[name] : undefined;
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
