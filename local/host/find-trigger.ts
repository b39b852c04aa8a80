import type { Binding, FunctionMetadata } from './core-api.ts';

/** The trigger among a function's bindings; throws when there is none. */
export function findTrigger(metadata: FunctionMetadata): { bindingName: string; type: string; binding: Binding } {
  for (const [bindingName, binding] of Object.entries(metadata.bindings)) {
    if (binding.type !== undefined && /trigger$/i.test(binding.type)) {
      return { bindingName, type: binding.type, binding };
    }
  }
  throw new Error(`The function "${metadata.name}" has no trigger.`);
}

/** An option of a trigger that is a string, or undefined when it is absent. */
export function readTextOption(binding: Binding, option: string): string | undefined {
  const value = binding[option];
  return typeof value === 'string' ? value : undefined;
}
