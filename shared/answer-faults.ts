import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions';
import { problem, type Reply } from './doors/reply.ts';
import { explainFault } from './explain-fault.ts';

/** A handler whose faults are answered with a problem that says what to do; the fault itself goes to the log by its code only. */
export function answerFaults(
  handle: (request: HttpRequest, context: InvocationContext) => Promise<Reply>,
): HttpHandler {
  return async (request, context) => {
    try {
      return await handle(request, context);
    } catch (fault) {
      const { code, reason } = explainFault(fault);
      context.error(`${request.method} ${new URL(request.url).pathname} failed: ${code}`);
      return problem(
        'unavailable',
        `${reason} Nothing is lost of what was answered before; send the request again in a minute.`,
        { 'retry-after': '60' },
      );
    }
  };
}
