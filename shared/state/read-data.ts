import type * as z from 'zod';
import type { Restored } from './shared-row.ts';

/** The state that a row holds, the empty one when there is no row yet, and the one that stands for it when it is damaged. */
export function restoreState<S>(
  schema: z.ZodType<S>,
  data: string | null,
  states: { readonly empty: S; readonly damaged: S },
): Restored<S> {
  if (data === null) return { state: states.empty, stored: 'sound' };
  const state = readData(schema, data);
  return state === null ? { state: states.damaged, stored: 'damaged' } : { state, stored: 'sound' };
}

/** What a row's text holds by its schema; null when it is no JSON or something else. */
export function readData<S>(schema: z.ZodType<S>, data: string): S | null {
  try {
    const read = schema.safeParse(JSON.parse(data));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
