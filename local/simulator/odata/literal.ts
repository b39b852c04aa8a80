import { padTime } from '../defender-time.ts';

/** A query option that Defender would refuse with 400 ODataError. */
export class ODataError extends Error {}

/** A property or a literal, ready to be compared. */
export type Value = string | number | null;

/** The kinds of literals. */
export type Kind = 'string' | 'number' | 'time';

/** Reads a property for comparison: times become strings whose order is that of the times; what is absent is null. */
export function readValue(value: unknown, kind: Kind): Value {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return null;
  return kind === 'time' ? (padTime(value) ?? null) : value;
}

/** Reads a literal of a filter; throws ODataError if it is not of the kind. */
export function readLiteral(token: string, kind: Kind): Value {
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

/** Splits a filter into literals, words and punctuation; throws ODataError for a literal without an end. */
export function tokenise(text: string): string[] {
  const tokens: string[] = text.match(/'(?:[^']|'')*'|[(),]|[^\s(),']+|'/g) ?? [];
  if (tokens.length === 0 || tokens.includes("'")) throw new ODataError(`Syntax error in '${text}'.`);
  return tokens;
}
