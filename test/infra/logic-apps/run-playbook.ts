import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { callHttp, type Ended, type Web } from './call-http.ts';
import { evaluate, type Scope } from './evaluate.ts';

/** What an action or a trigger asks of a connector. */
export interface ConnectorRequest {
  readonly connection: string;
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
}

/** What a run works with beside the web. */
export interface RunWorld extends Web {
  readonly collectorUrl: string;
  readonly triggerBody: unknown;
  /** What a connector answers; null when it fails. */
  readonly answer: (request: ConnectorRequest) => unknown;
}

/** A run that has ended: what it asked of connectors, in order, how each action ended, and what could not be evaluated. */
export interface PlaybookRun {
  readonly subscribed: ConnectorRequest;
  readonly asked: readonly ConnectorRequest[];
  readonly statuses: Readonly<Record<string, Ended['status']>>;
  readonly faults: readonly string[];
}

interface Action {
  readonly type: 'Http' | 'ApiConnection' | 'Select' | 'Compose' | 'If';
  readonly runAfter: Readonly<Record<string, readonly string[]>>;
  readonly inputs?: unknown;
  readonly expression?: unknown;
  readonly actions?: Readonly<Record<string, Action>>;
  readonly else?: { readonly actions: Readonly<Record<string, Action>> };
}

const connectorSchema = z
  .object({
    host: z.object({ connection: z.object({ name: z.string() }) }),
    method: z.string().default('post'),
    path: z.string(),
    body: z.unknown().optional(),
  })
  .transform(
    ({ host, method, path, body }): ConnectorRequest => ({ connection: host.connection.name, method, path, body }),
  );

/** Plays a playbook of infra/playbooks as Logic Apps would, from its trigger to the end of its last action. */
export async function runPlaybook(file: string, world: RunWorld): Promise<PlaybookRun> {
  const text = readFileSync(new URL(`../../../infra/playbooks/${file}`, import.meta.url), 'utf8');
  const definition = JSON.parse(text) as {
    triggers: Record<string, { inputs: unknown }>;
    actions: Record<string, Action>;
  };
  const ended = new Map<string, Ended>();
  const asked: ConnectorRequest[] = [];
  const scope: Scope = {
    parameters: {
      collectorUrl: world.collectorUrl,
      collectorAudience: 'api://collector',
      $connections: { azuresentinel: { connectionId: 'azuresentinel' }, wdatp: { connectionId: 'wdatp' } },
    },
    triggerBody: world.triggerBody,
    outputs: (name) => ended.get(name)?.outputs,
    callbackUrl: 'https://logic.invalid/callback',
    now: () => new Date('2026-03-01T12:00:00Z'),
  };

  const runAction = async (action: Action): Promise<Ended> => {
    switch (action.type) {
      case 'Http':
        return callHttp(evaluate(action.inputs, scope), world);
      case 'ApiConnection': {
        const request = connectorSchema.parse(evaluate(action.inputs, scope));
        asked.push(request);
        const body = world.answer(request);
        return { status: body === null ? 'Failed' : 'Succeeded', outputs: { body } };
      }
      case 'Select': {
        const { from, select } = z.strictObject({ from: z.unknown(), select: z.unknown() }).parse(action.inputs);
        const rows = z.array(z.unknown()).parse(evaluate(from, scope));
        return { status: 'Succeeded', outputs: { body: rows.map((item) => evaluate(select, { ...scope, item })) } };
      }
      case 'Compose':
        return { status: 'Succeeded', outputs: evaluate(action.inputs, scope) };
      case 'If':
        await runAll((holds(action.expression, scope) ? action.actions : action.else?.actions) ?? {});
        return { status: 'Succeeded', outputs: null };
      default: {
        const unknown: never = action.type;
        throw new Error(`Unknown kind of action ${JSON.stringify(unknown)}.`);
      }
    }
  };

  const runAll = async (actions: Readonly<Record<string, Action>>): Promise<void> => {
    const waiting = new Map(Object.entries(actions));
    while (waiting.size > 0) {
      const ready = [...waiting].find(([, { runAfter }]) => Object.keys(runAfter).every((name) => ended.has(name)));
      if (ready === undefined) throw new Error(`These wait for each other: ${[...waiting.keys()].join(', ')}`);
      const [name, action] = ready;
      waiting.delete(name);
      const mayRun = Object.entries(action.runAfter).every(([before, statuses]) =>
        statuses.includes(ended.get(before)?.status ?? ''),
      );
      // An expression that cannot be evaluated fails its action and not the run.
      const how = mayRun
        ? await runAction(action).catch((fault: unknown): Ended => failBy(name, fault))
        : ({ status: 'Skipped', outputs: null } as const);
      ended.set(name, how);
    }
  };

  const faults: string[] = [];
  const failBy = (name: string, fault: unknown): Ended => {
    faults.push(`${name}: ${String(fault)}`);
    return { status: 'Failed', outputs: null };
  };

  const [trigger] = Object.values(definition.triggers);
  const subscribed = connectorSchema.parse(evaluate(trigger?.inputs, scope));
  await runAll(definition.actions);
  return {
    subscribed,
    asked,
    statuses: Object.fromEntries([...ended].map(([name, { status }]) => [name, status])),
    faults,
  };
}

/** A condition: `and`, `or`, `not` and `equals`. */
function holds(condition: unknown, scope: Scope): boolean {
  const [[word, operands] = ['', null], ...others] = Object.entries(z.looseObject({}).parse(condition));
  if (others.length > 0) throw new Error('A condition is one word and what it is about.');
  switch (word) {
    case 'and':
      return z
        .array(z.unknown())
        .parse(operands)
        .every((one) => holds(one, scope));
    case 'or':
      return z
        .array(z.unknown())
        .parse(operands)
        .some((one) => holds(one, scope));
    case 'not':
      return !holds(operands, scope);
    case 'equals': {
      const [left, right] = z.tuple([z.unknown(), z.unknown()]).parse(operands);
      return evaluate(left, scope) === evaluate(right, scope);
    }
    default:
      throw new Error(`A condition ${word} is not known here.`);
  }
}
