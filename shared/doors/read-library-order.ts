import * as z from 'zod';
import type { JsonBody } from './read-json-body.ts';

/** What came of reading an order to sync the library: `replace` are the names of files that are to be replaced knowingly. */
export type LibraryOrderReading =
  | { readonly outcome: 'order'; readonly does: 'plan' | 'apply'; readonly replace: readonly string[] }
  | { readonly outcome: 'wrong'; readonly why: string };

// A misspelt key must not make an order to do something one that only plans, or the other way round.
const orderSchema = z.strictObject({
  apply: z.boolean().default(false),
  replace: z.array(z.string().min(1).max(128)).max(100).default([]),
});

/** Reads the body of an order to sync the library; none at all asks what would be done. */
export function readLibraryOrder(body: JsonBody): LibraryOrderReading {
  if (body.outcome === 'problem' && body.code !== 'no-body') return { outcome: 'wrong', why: body.detail };
  const read = orderSchema.safeParse(body.outcome === 'problem' ? {} : body.value);
  if (!read.success) {
    const places = [...new Set(read.error.issues.map(({ path }) => path.join('.') || 'the body'))];
    const what =
      'Give a JSON object with any of `apply` (true to do what is planned) and `replace` (names of scripts whose files are to be replaced).';
    return { outcome: 'wrong', why: `What is wrong: ${places.join(', ')}. ${what}` };
  }
  const { apply, replace } = read.data;
  return { outcome: 'order', does: apply ? 'apply' : 'plan', replace };
}
