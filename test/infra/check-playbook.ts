import * as z from 'zod';
import { FUNCTION_NAMES } from './logic-apps/evaluate.ts';
import { type Expression, parseTemplate } from './logic-apps/parse-expression.ts';

const action: z.ZodType<Action> = z.lazy(() =>
  z.object({
    type: z.enum(['Http', 'ApiConnection', 'Select', 'Compose', 'If']),
    runAfter: z.record(z.string(), z.array(z.enum(['Succeeded', 'Failed', 'TimedOut', 'Skipped'])).min(1)),
    inputs: z.unknown().optional(),
    actions: z.record(z.string(), action).optional(),
    else: z.object({ actions: z.record(z.string(), action) }).optional(),
  }),
);

const workflow = z.object({
  $schema: z.literal(
    'https://schema.management.azure.com/providers/Microsoft.Logic/schemas/2016-06-01/workflowdefinition.json#',
  ),
  contentVersion: z.literal('1.0.0.0'),
  parameters: z.record(z.string(), z.object({ type: z.enum(['String', 'Object']) })),
  triggers: z.record(z.string(), z.object({ type: z.literal('ApiConnectionWebhook'), inputs: z.unknown() })),
  actions: z.record(z.string(), action),
});

interface Action {
  readonly type: string;
  readonly runAfter: Readonly<Record<string, readonly string[]>>;
  readonly inputs?: unknown;
  readonly actions?: Readonly<Record<string, Action>> | undefined;
  readonly else?: { readonly actions: Readonly<Record<string, Action>> } | undefined;
}

/** What is wrong with a workflow definition (Azure Logic Apps: workflow definition language), in sentences; none when it is right. */
export function checkPlaybook(definition: unknown): readonly string[] {
  const parsed = workflow.safeParse(definition);
  if (!parsed.success) return parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const { parameters, triggers, actions } = parsed.data;
  const all = flatten(actions);
  const faults: string[] = [];
  if (Object.keys(triggers).length !== 1) faults.push('It must have one trigger.');
  checkOrder(actions, faults);
  for (const text of listTexts(definition))
    try {
      const template = parseTemplate(text);
      const expressions =
        template.is === 'expression'
          ? [template.expression]
          : template.pieces.flatMap((piece) => (piece.is === 'expression' ? [piece.expression] : []));
      for (const { name, args } of expressions.flatMap(listCalls)) {
        if (!FUNCTION_NAMES.includes(name)) faults.push(`${name} is no function that is known here: ${text}`);
        const known = name === 'parameters' ? Object.keys(parameters) : [...all.keys()];
        if (!['body', 'outputs', 'actions', 'parameters'].includes(name)) continue;
        const [first] = args;
        if (first?.is !== 'literal' || !known.includes(String(first.value)))
          faults.push(`${name}('${first?.is === 'literal' ? first.value : '…'}') refers to nothing: ${text}`);
      }
    } catch (fault) {
      faults.push(fault instanceof Error ? fault.message : String(fault));
    }
  return faults;
}

function flatten(actions: Readonly<Record<string, Action>>): Map<string, Action> {
  return new Map(
    Object.entries(actions).flatMap(([name, inner]): [string, Action][] => [
      [name, inner],
      ...flatten(inner.actions ?? {}),
      ...flatten(inner.else?.actions ?? {}),
    ]),
  );
}

/** Each action runs after others beside it, and none of them after it. */
function checkOrder(actions: Readonly<Record<string, Action>>, faults: string[]): void {
  for (const [name, inner] of Object.entries(actions)) {
    const seen = new Set<string>();
    const waiting = Object.keys(inner.runAfter);
    for (let other = waiting.pop(); other !== undefined; other = waiting.pop()) {
      const before = actions[other];
      if (before === undefined) faults.push(`${name} runs after ${other}, which does not exist beside it.`);
      if (other === name) faults.push(`${name} runs after itself.`);
      if (before === undefined || seen.has(other)) continue;
      seen.add(other);
      waiting.push(...Object.keys(before.runAfter));
    }
    checkOrder(inner.actions ?? {}, faults);
    checkOrder(inner.else?.actions ?? {}, faults);
  }
}

function listTexts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(listTexts);
}

type Call = Extract<Expression, { is: 'call' }>;

/** Every call within an expression, the outermost first. */
function listCalls(expression: Expression): readonly Call[] {
  switch (expression.is) {
    case 'literal':
      return [];
    case 'member':
      return [expression.of, expression.key].flatMap(listCalls);
    case 'call':
      return [expression, ...expression.args.flatMap(listCalls)];
    default: {
      const unknown: never = expression;
      throw new Error(`Unknown expression ${JSON.stringify(unknown)}.`);
    }
  }
}
