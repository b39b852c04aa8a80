import { isDeepStrictEqual } from 'node:util';
import { type Expression, parseTemplate } from './parse-expression.ts';

/** What expressions can ask a run for; of actions by name. */
export interface Scope {
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly triggerBody: unknown;
  /** What an action came to; null for one that came to nothing, undefined for one that has not ended or is none. */
  readonly outputs: (action: string) => unknown;
  readonly item?: unknown;
  readonly callbackUrl: string;
  readonly now: () => Date;
}

type Fn = (args: readonly unknown[], scope: Scope) => unknown;

/**
 * The functions that the playbooks use (Azure Logic Apps: functions reference), stricter than the service: where its
 * manual wants a text, null is a fault here. Any other function is one.
 */
const FUNCTIONS: Readonly<Record<string, Fn>> = {
  parameters: ([name], { parameters }) => parameters[text(name)] ?? fail(`There is no parameter ${text(name)}.`),
  triggerBody: (_, { triggerBody }) => triggerBody,
  listCallbackUrl: (_, { callbackUrl }) => callbackUrl,
  utcNow: (_, { now }) => now().toISOString(),
  addDays: ([time, days]) => new Date(Date.parse(text(time)) + Number(days) * 86_400_000).toISOString(),
  outputs: ([name], scope) => outputsOf(text(name), scope),
  body: ([name], scope) => memberOf(outputsOf(text(name), scope), 'body', 'null'),
  item: (_, scope) => ('item' in scope ? scope.item : fail('item() stands for nothing outside a list.')),
  coalesce: (args) => args.find((value) => value !== null) ?? null,
  concat: (args) => args.map(text).join(''),
  replace: ([whole, old, fresh]) => text(whole).replaceAll(text(old), text(fresh)),
  join: ([list, between]) => array(list).map(text).join(text(between)),
  union: (args) =>
    args
      .flatMap(array)
      .filter((value, index, all) => all.findIndex((other) => isDeepStrictEqual(other, value)) === index),
  empty: ([value]) => (typeof value === 'string' ? value === '' : array(value).length === 0),
  equals: ([left, right]) => isDeepStrictEqual(left, right),
  if: ([condition, yes, no]) =>
    (typeof condition === 'boolean' ? condition : fail('if wants true or false.')) ? yes : no,
  json: ([value]) => JSON.parse(text(value)) as unknown,
  base64: ([value]) => Buffer.from(text(value)).toString('base64'),
  base64ToString: ([value]) => Buffer.from(text(value), 'base64').toString('utf8'),
  encodeURIComponent: ([value]) => encodeURIComponent(text(value)),
};

/** The names of the functions that can be evaluated. */
export const FUNCTION_NAMES: readonly string[] = Object.keys(FUNCTIONS);

/** A value of a definition with all its expressions evaluated; throws where Logic Apps would fail the action. */
export function evaluate(value: unknown, scope: Scope): unknown {
  if (Array.isArray(value)) return value.map((inner) => evaluate(inner, scope));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, evaluate(inner, scope)]));
  if (typeof value !== 'string') return value;
  const template = parseTemplate(value);
  if (template.is === 'expression') return compute(template.expression, scope);
  const write = (found: unknown) => (found === null ? '' : typeof found === 'string' ? found : JSON.stringify(found));
  return template.pieces
    .map((piece) => (piece.is === 'text' ? piece.text : write(compute(piece.expression, scope))))
    .join('');
}

function compute(expression: Expression, scope: Scope): unknown {
  switch (expression.is) {
    case 'literal':
      return expression.value;
    case 'member':
      return memberOf(compute(expression.of, scope), text(compute(expression.key, scope)), expression.missing);
    case 'call': {
      const called = FUNCTIONS[expression.name] ?? fail(`${expression.name} is no function that is known here.`);
      return called(
        expression.args.map((arg) => compute(arg, scope)),
        scope,
      );
    }
    default: {
      const unknown: never = expression;
      throw new Error(`Unknown expression ${JSON.stringify(unknown)}.`);
    }
  }
}

function outputsOf(action: string, scope: Scope): unknown {
  const outputs = scope.outputs(action);
  return outputs === undefined ? fail(`The action ${action} has not ended, or there is none.`) : outputs;
}

/** As Logic Apps: nothing can be taken from null without a question mark, and from a text never. */
function memberOf(value: unknown, key: string, missing: 'null' | 'fault'): unknown {
  if (value === null && missing === 'null') return null;
  if (typeof value !== 'object' || value === null)
    return fail(`'${key}' cannot be taken from ${JSON.stringify(value)}.`);
  const found = Object.entries(value).find(([name]) => name === key)?.[1];
  if (found !== undefined) return found;
  return missing === 'null' ? null : fail(`There is no '${key}'.`);
}

function text(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : fail(`A text is wanted, not ${JSON.stringify(value)}.`);
}

function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : fail(`A list is wanted, not ${JSON.stringify(value)}.`);
}

function fail(why: string): never {
  throw new Error(why);
}
