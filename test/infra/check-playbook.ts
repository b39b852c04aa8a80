import * as z from 'zod';

const action: z.ZodType<Action> = z.lazy(() =>
  z.object({
    type: z.enum(['Http', 'ApiConnection', 'Select', 'If']),
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
  for (const text of listTexts(definition)) {
    for (const expression of findExpressions(text)) {
      if (!isBalanced(expression)) faults.push(`The brackets or quotes do not match: ${expression}`);
      for (const [, call, name] of expression.matchAll(/\b(body|outputs|actions|parameters)\('([^']+)'\)/g)) {
        const known = call === 'parameters' ? Object.keys(parameters) : [...all.keys()];
        if (!known.includes(String(name))) faults.push(`${call}('${name}') refers to nothing: ${expression}`);
      }
    }
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

/** A text that begins with `@` is an expression; in any other one stands in `@{…}`. */
function findExpressions(text: string): readonly string[] {
  if (/^@[^{@]/.test(text)) return [text.slice(1)];
  const found: string[] = [];
  for (let from = text.indexOf('@{'); from !== -1; from = text.indexOf('@{', from + 2)) {
    const end = text.indexOf('}', from);
    found.push(text.slice(from + 2, end === -1 ? undefined : end));
  }
  return found;
}

function isBalanced(expression: string): boolean {
  const bare = expression.replace(/'(?:[^']|'')*'/g, '');
  if (bare.includes("'")) return false;
  const open: string[] = [];
  for (const character of bare.replace(/[^()[\]]/g, '')) {
    if (character === '(' || character === '[') open.push(character);
    else if (open.pop() !== (character === ')' ? '(' : '[')) return false;
  }
  return open.length === 0;
}
