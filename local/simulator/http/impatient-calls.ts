import type { Call } from './call-log.ts';

/**
 * The calls that came too soon: before the wait had passed that an answer's Retry-After had told the same app at the
 * same endpoint. A call that was on its way while that answer was given is none of them.
 */
export function findImpatientCalls(calls: readonly Call[]): Call[] {
  const waits = calls.flatMap((call) =>
    call.retryAfterSeconds === null || call.answeredAt === null
      ? []
      : [{ ...call, fromMs: Date.parse(call.answeredAt), lengthMs: call.retryAfterSeconds * 1000 }],
  );
  return calls.filter((call) =>
    waits.some(({ endpoint, appId, fromMs, lengthMs }) => {
      const atMs = Date.parse(call.at);
      return call.endpoint === endpoint && call.appId === appId && atMs > fromMs && atMs < fromMs + lengthMs;
    }),
  );
}
