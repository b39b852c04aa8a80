import type * as z from 'zod';
import { describeUnreadable } from './describe-failure.ts';
import type { EndpointName } from './permissions.ts';

/** A value as a schema reads it; throws DefenderError `UnreadableAnswer` that names the fields, never their values. */
export function readBody<T>(
  schema: z.ZodType<T>,
  json: unknown,
  endpoint: EndpointName,
  status: number,
  effect: 'none' | 'unknown' = 'none',
): T {
  const read = schema.safeParse(json);
  if (read.success) return read.data;
  const fields = [...new Set(read.error.issues.map((issue) => issue.path.join('.') || 'the whole'))]
    .slice(0, 5)
    .join(', ');
  throw describeUnreadable({ endpoint, retryAfterMs: null, effect }, status, `is not as documented in: ${fields}`);
}
