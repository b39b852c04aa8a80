import { RestError } from '@azure/storage-blob';
import type { Explained } from './pipeline/ports.ts';

const OUR_ERRORS: readonly string[] = ['DefenderError', 'TokenError', 'CopyError'];

/** Turns a fault into a sentence for people, from an allow-list: only our own errors' messages are passed on. */
export function explainFault(fault: unknown): Explained {
  if (fault instanceof RestError) {
    const code = fault.code ?? 'unknown';
    return {
      reason: `The storage did not do what was asked of it (${code}); it is tried again.`,
      code: `storage ${code}`,
      retryAfterMs: null,
    };
  }
  if (fault instanceof Error && OUR_ERRORS.includes(fault.name)) {
    const retryAfterMs = 'retryAfterMs' in fault && typeof fault.retryAfterMs === 'number' ? fault.retryAfterMs : null;
    const code = 'code' in fault && typeof fault.code === 'string' ? fault.code : fault.name;
    return { reason: fault.message, code, retryAfterMs };
  }
  const name = fault instanceof Error ? fault.name : 'unknown';
  return { reason: `Something failed that should not (${name}); it is tried again.`, code: name, retryAfterMs: null };
}
