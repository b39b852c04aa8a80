import { escapePattern } from './escape-pattern.ts';
import { type RouteConstraint, readRouteConstraints } from './route-constraints.ts';

/** A compiled route: `match` gives the parameters of a path (absent optional ones left out), or undefined; the lower `precedence` as a string, the sooner it is asked. */
export type RouteTemplate = {
  precedence: string;
  match: (path: string) => Record<string, string> | undefined;
};

type Parameter = { name: string; constraints: RouteConstraint[] };

/** `{name}`, `{name?}`, `{name:int}`, `{*name}`; braces inside of a constraint are written twice. */
const parameterPattern =
  /\{(?<catchAll>\**)(?<name>\w+)(?<constraints>(?::(?:\{\{|\}\}|[^{}?]|\?(?!\}(?!\})))+)?)(?<optional>\??)\}/g;

/** Compiles an ASP.NET route template with parameters, optional ones, constraints and a catch-all; paths are matched whatever their case, as they stand in the URL; throws a sentence when the template cannot be read. */
export function compileRouteTemplate(template: string): RouteTemplate {
  const parameters: Parameter[] = [];
  let pattern = '';
  let precedence = '';
  for (const segment of splitSegments(template)) {
    const found = [...segment.matchAll(parameterPattern)];
    const whole = found.length === 1 && found[0]?.[0] === segment ? found[0].groups : undefined;
    const tail = whole?.['catchAll'] ? '(?:/(.*))?' : whole?.['optional'] ? '(?:/([^/]+))?' : undefined;
    pattern += tail ?? `/${writeSegment(segment, found)}`;
    for (const { groups } of found) {
      parameters.push({
        name: groups?.['name'] ?? '',
        constraints: readRouteConstraints(groups?.['constraints'] ?? ''),
      });
    }
    precedence += rankSegment(found.length > 0, whole);
  }
  const expression = new RegExp(`^${pattern}/?$`, 'i');
  return { precedence, match: (path) => matchPath(expression, parameters, path) };
}

function matchPath(expression: RegExp, parameters: Parameter[], path: string): Record<string, string> | undefined {
  const found = expression.exec(path);
  if (found === null) return undefined;
  const values: Record<string, string> = {};
  for (const [index, { name, constraints }] of parameters.entries()) {
    const value = decodePath(found[index + 1]);
    if (value === undefined) continue;
    if (!constraints.every((allows) => allows(value))) return undefined;
    values[name] = value;
  }
  return values;
}

/** Kestrel decodes all of a path but `%2F`, which would look like a separator. */
function decodePath(raw: string | undefined): string | undefined {
  try {
    return raw?.split(/%2f/i).map(decodeURIComponent).join('%2F');
  } catch {
    return raw;
  }
}

/** A slash inside of braces belongs to a constraint's regular expression. */
function splitSegments(template: string): string[] {
  const segments = template.match(/(?:\{(?:\{\{|\}\}|[^{}])*\}|[^/{])+/g) ?? [];
  if (segments.join('/') === template.replace(/^\/|\/$/g, '')) return segments;
  throw new Error(`The route "${template}" cannot be read: a brace is not closed, or a segment is empty.`);
}

function writeSegment(segment: string, found: RegExpExecArray[]): string {
  let written = '';
  let end = 0;
  for (const parameter of found) {
    written += `${escapePattern(segment.slice(end, parameter.index))}([^/]+?)`;
    end = parameter.index + parameter[0].length;
  }
  const rest = segment.slice(end);
  if (/[{}]/.test(rest)) throw new Error(`The route segment "${segment}" cannot be read.`);
  return written + escapePattern(rest);
}

/** As ASP.NET's RoutePrecedence.ComputeInbound: literal, mixed, constrained, plain, constrained catch-all, catch-all. */
function rankSegment(hasParameter: boolean, whole: Record<string, string> | undefined): string {
  if (!hasParameter) return '1';
  if (whole === undefined) return '2';
  const constrained = whole['constraints'] !== '';
  if (whole['catchAll']) return constrained ? '5' : '6';
  return constrained ? '3' : '4';
}
