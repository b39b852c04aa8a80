import Module from 'node:module';

/** The levels of a log line, as the Functions worker names them. */
export type LogLevel = 'trace' | 'debug' | 'information' | 'warning' | 'error' | 'critical' | 'none';

/** Takes one line of a function's log; lines of the host itself come under the name `host`. */
export type Log = (level: LogLevel, functionName: string, message: string) => void;

/** A value on its way in or out of an invocation, in the shape of the worker's protocol (one property is set). */
export type TypedData = {
  string?: string;
  json?: string;
  bytes?: Uint8Array;
  http?: Record<string, unknown>;
};

/** One binding of a registered function; what is beside type and direction are the options of its trigger. */
export type Binding = { type?: string; direction?: string; [option: string]: unknown };

/** What `@azure/functions` 4.16 hands over for one `app.http`, `app.timer`, `app.eventGrid` or `app.storageBlob`. */
export type FunctionMetadata = { name: string; bindings: Record<string, Binding> };

/** A handler as the app wrote it: inputs, then the invocation context. */
export type FunctionCallback = (...inputs: unknown[]) => unknown;

/** A function with its handler. */
export type RegisteredFunction = { metadata: FunctionMetadata; callback: FunctionCallback };

/** The hooks an app can register, as of worker 3.10. */
export type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';

/** A registered hook; it may change the context that it is given. */
type HookCallback = (context: Record<string, unknown>) => unknown;

/** What the library wants to know of one invocation. */
export type CoreInvocationContext = {
  invocationId: string;
  metadata: FunctionMetadata;
  request: {
    inputData: { name: string; data: TypedData }[];
    triggerMetadata: Record<string, TypedData>;
  };
  state: 'preInvocationHooks' | 'invocation' | 'postInvocationHooks' | undefined;
  log: (level: LogLevel, category: string, message: string) => void;
};

/** The library's side of one invocation. */
type InvocationModel = {
  getArguments(): Promise<{ context: unknown; inputs: unknown[] }>;
  invokeFunction(context: unknown, inputs: unknown[], callback: FunctionCallback): Promise<unknown>;
  getResponse(context: unknown, result: unknown): Promise<{ returnValue?: TypedData | null }>;
};

/** The library as the worker sees it; `getCapabilities` ends the time in which `app.setup` may be called. */
type ProgrammingModel = {
  getInvocationModel(context: CoreInvocationContext): InvocationModel;
  getCapabilities(workerCapabilities: Record<string, string>): Promise<Record<string, string>>;
};

/** All that an app registered. `open` is true while it is being loaded. */
export type Registry = {
  open: boolean;
  functions: RegisteredFunction[];
  hooks: { name: HookName; callback: HookCallback }[];
  model: ProgrammingModel | undefined;
  log: Log;
};

const coreModuleName = '@azure/functions-core';
const hookNames: readonly string[] = ['appStart', 'appTerminate', 'preInvocation', 'postInvocation', 'log'];

/** The library asks for the core once in a process and keeps the answer, so the core must outlive a host. */
let installed = false;
let current: Registry | undefined;
let lastModel: ProgrammingModel | undefined;

/**
 * Makes `require('@azure/functions-core')` answer, as the Functions worker does (azure-functions-nodejs-worker,
 * setupCoreModule), and returns the registry that fills while the app is imported. One registry a process at a time:
 * throws when another is in use.
 */
export function installCoreApi(log: Log): Registry {
  if (current !== undefined) {
    throw new Error(
      'A functions host already runs in this process. Close it first, or start the other in a process of its own.',
    );
  }
  if (!installed) {
    Module.prototype.require = new Proxy(Module.prototype.require, {
      apply: (target, caller, args: [string]) =>
        args[0] === coreModuleName ? coreApi : Reflect.apply(target, caller, args),
    });
    installed = true;
  }
  current = { open: true, functions: [], hooks: [], model: lastModel, log };
  return current;
}

/** Ends the use of the registry, so that another host can be started in this process. */
export function releaseCoreApi(): void {
  current = undefined;
}

function requireCurrent(what: string): Registry {
  if (current?.open) return current;
  throw new Error(`${what} came after the app was loaded; it can only be done while the app's files are imported.`);
}

const coreApi = {
  version: '3.10.1',
  hostVersion: '4.1037.0',
  registerFunction(metadata: FunctionMetadata, callback: FunctionCallback) {
    const registry = requireCurrent(`The registration of the function "${metadata.name}"`);
    const name = metadata.name.toLowerCase();
    if (registry.functions.some((other) => other.metadata.name.toLowerCase() === name)) {
      throw new Error(`Two functions are named "${metadata.name}". Give one of them another name.`);
    }
    const registered = { metadata, callback };
    registry.functions.push(registered);
    return { dispose: () => void registry.functions.splice(registry.functions.indexOf(registered), 1) };
  },
  registerHook(name: HookName, callback: HookCallback) {
    if (!hookNames.includes(name)) {
      throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true });
    }
    const registry = requireCurrent(`The registration of a hook "${name}"`);
    const registered = { name, callback };
    registry.hooks.push(registered);
    return { dispose: () => void registry.hooks.splice(registry.hooks.indexOf(registered), 1) };
  },
  setProgrammingModel(model: ProgrammingModel) {
    lastModel = model;
    requireCurrent('Loading the library').model = model;
  },
  getProgrammingModel: () => lastModel,
  log(level: LogLevel, _category: string, message: string) {
    current?.log(level, 'host', message);
  },
};
