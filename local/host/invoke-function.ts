import { randomUUID } from 'node:crypto';
import type {
  CoreInvocationContext,
  FunctionCallback,
  HookName,
  LogLevel,
  RegisteredFunction,
  Registry,
  TypedData,
} from './core-api.ts';
import { findTrigger } from './find-trigger.ts';

/** What one invocation is given: the trigger's value, and what is known beside it. */
export type Invocation = {
  registered: RegisteredFunction;
  data: TypedData;
  triggerMetadata?: Record<string, TypedData>;
  invocationId?: string;
};

/** How an invocation ended: with what the handler gave, and the library's form of it; a failure is already in the log. */
export type InvocationOutcome =
  | { status: 'succeeded'; result: unknown; returnValue: TypedData | null | undefined }
  | { status: 'failed' };

/** Runs the hooks of one name in the order of their registration; each may change the context; throws what a hook throws. */
export async function runHooks(registry: Registry, name: HookName, context: Record<string, unknown>): Promise<void> {
  for (const hook of registry.hooks) {
    if (hook.name === name) await hook.callback(context);
  }
}

/** Runs one function once through the library's invocation model, with its hooks, in the order of the Functions worker (azure-functions-nodejs-worker, InvocationHandler); never throws. */
export async function invokeFunction(registry: Registry, invocation: Invocation): Promise<InvocationOutcome> {
  try {
    return await runInvocation(registry, invocation);
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    registry.log('error', invocation.registered.metadata.name, reason);
    return { status: 'failed' };
  }
}

async function runInvocation(
  registry: Registry,
  { registered, data, triggerMetadata = {}, invocationId = randomUUID() }: Invocation,
): Promise<InvocationOutcome> {
  const { metadata, callback } = registered;
  if (registry.model === undefined) throw new Error('The library @azure/functions has set no programming model.');
  let invocationContext: unknown;
  const core: CoreInvocationContext = {
    invocationId,
    metadata,
    request: { inputData: [{ name: findTrigger(metadata).bindingName, data }], triggerMetadata },
    state: undefined,
    log: (level, category, message) =>
      logThroughHooks(registry, metadata.name, { level, category, message, invocationContext }),
  };
  const model = registry.model.getInvocationModel(core);
  const { context, inputs } = await model.getArguments();
  invocationContext = context;
  const hookData = {};

  core.state = 'preInvocationHooks';
  const before: { inputs: unknown[]; functionCallback: FunctionCallback; [key: string]: unknown } = {
    hookData,
    invocationContext,
    inputs,
    functionCallback: callback,
  };
  await runHooks(registry, 'preInvocation', before);

  core.state = 'invocation';
  const after: { result: unknown; error: unknown; [key: string]: unknown } = {
    hookData,
    invocationContext,
    inputs: before.inputs,
    result: null,
    error: null,
  };
  try {
    after.result = await model.invokeFunction(context, before.inputs, before.functionCallback);
  } catch (error) {
    after.error = error ?? new Error('The function threw nothing that tells why.');
  }

  core.state = 'postInvocationHooks';
  await runHooks(registry, 'postInvocation', after);
  if (after.error !== null && after.error !== undefined) throw after.error;
  const { returnValue } = await model.getResponse(context, after.result);
  return { status: 'succeeded', result: after.result, returnValue };
}

/** Log hooks are synchronous, and one that fails must not fail what is logged. */
function logThroughHooks(
  registry: Registry,
  functionName: string,
  line: { level: LogLevel; category: string; message: string; invocationContext: unknown },
): void {
  const context = { hookData: {}, ...line };
  for (const hook of registry.hooks) {
    if (hook.name !== 'log') continue;
    try {
      hook.callback(context);
    } catch {
      registry.log('warning', functionName, 'A log hook failed; the line is logged without it.');
    }
  }
  registry.log(context.level, context.category === 'system' ? 'host' : functionName, context.message);
}
