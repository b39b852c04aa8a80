import { createHash } from 'node:crypto';
import type { HttpHandler, HttpRequest, InvocationContext } from '@azure/functions';
import { answerFaults } from './answer-faults.ts';
import { settings } from './collector.ts';
import { type Act, authorize } from './doors/authorize.ts';
import { matchEtag } from './doors/match-etag.ts';
import { PRINCIPAL_HEADER, readPrincipal } from './doors/read-principal.ts';
import { problem, type Reply } from './doors/reply.ts';
import type { Caller } from './domain/caller.ts';

/** A handler that only those reach who may do that; it is told who called. Its faults are answered as problems. */
export function admit(
  act: Act,
  handle: (request: HttpRequest, caller: Caller, context: InvocationContext) => Promise<Reply>,
): HttpHandler {
  return answerFaults(async (request, context) => {
    const principal = readPrincipal(settings.vouching, request.headers.get(PRINCIPAL_HEADER));
    const decision = authorize(principal, act);
    if (decision.decision === 'allowed') return tagAnswer(request, await handle(request, decision.caller, context));
    context.warn(`${request.method} ${context.functionName} was refused: ${decision.code}`);
    return problem(decision.code, decision.why);
  });
}

/** A whole answer to a GET with its ETag, or 304 for who has it already. */
function tagAnswer(request: HttpRequest, reply: Reply): Reply {
  if (request.method !== 'GET' || reply.status !== 200 || typeof reply.body !== 'string') return reply;
  const etag = `"${createHash('sha256').update(reply.body).digest('hex').slice(0, 32)}"`;
  const headers = { ...reply.headers, etag };
  return matchEtag(request.headers.get('if-none-match'), etag) === 'known'
    ? { status: 304, headers, body: '' }
    : { ...reply, headers };
}
