/**
 * The conditions of a profile as words, one a line: `severity: high or medium`. It reads any nesting of maps and lists, as
 * a map is an AND and a list an OR; none at all stands for a profile that takes every alert.
 */
export function tellConditions(when: object): readonly string[] {
  return Object.entries(when).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${tellValue(value)}`]));
}

function tellValue(value: unknown): string {
  if (Array.isArray(value)) return value.map(tellValue).join(' or ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, inner]) => `${name} ${tellValue(inner)}`)
      .join(' and ');
  return String(value);
}
