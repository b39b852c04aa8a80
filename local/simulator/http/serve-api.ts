import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Call, CallLog } from './call-log.ts';
import { comesAfter, comesBefore, type FaultCall, type TakeFault } from './fault.ts';
import { type GateParts, identify, refuseRole } from './gate.ts';
import { parseJson, readBody } from './read-body.ts';
import { errorReply, type Reply } from './reply.ts';
import { reshape } from './reshape.ts';
import { type ApiRequest, findRoute, type Route } from './route.ts';
import { sendReply } from './send-reply.ts';
import { type Sending, spoilAct, spoilAnswer } from './spoil.ts';

/** What the API's server is made of; `serveAdmin` answers what lies below /admin/. */
export type ApiParts = GateParts & {
  routes: readonly Route[];
  calls: CallLog;
  takeFault: TakeFault;
  serveAdmin(request: IncomingMessage, path: string): Promise<Reply>;
  signal: AbortSignal;
};

/** Makes the API's server: token, quota, fault, role, then the endpoint. */
export function createApiServer(parts: ApiParts): Server {
  return createServer((request, response) => {
    serve(request, response, parts).catch((error: unknown) => {
      if (response.headersSent || response.destroyed || parts.signal.aborted) response.destroy();
      else
        sendReply(response, errorReply(500, 'InternalServerError', `The simulator failed: ${String(error)}`), 'whole');
    });
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, parts: ApiParts): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  if (path.startsWith('/admin/')) {
    sendReply(response, await parts.serveAdmin(request, path), 'whole');
    request.resume();
    return;
  }
  const found = findRoute(parts.routes, request.method, path);
  const call = parts.calls.open({
    origin: 'api',
    endpoint: found?.route.endpoint ?? null,
    method: request.method ?? '',
    path,
    query: search,
    range: null,
    machineId: found?.route.about?.(found.param).machineId ?? null,
  });
  const sending = await answer(request, parts, found, search, call);
  request.resume();
  if (sending === 'reset') {
    call.answer = 'lost';
    response.destroy();
    return;
  }
  parts.calls.decide(call, sending.reply.status, sending.reply.headers);
  call.answer = sendReply(response, sending.reply, sending.delivery);
}

async function answer(
  request: IncomingMessage,
  parts: ApiParts,
  found: ReturnType<typeof findRoute>,
  search: string,
  call: Call,
): Promise<Sending | 'reset'> {
  const whole = (reply: Reply): Sending => ({ reply, delivery: 'whole' });
  const caller = identify(request.headers.authorization, parts);
  if (caller.kind === 'refused') return whole(caller.reply);
  call.appId = caller.appId;
  if (found === undefined) return whole(errorReply(404, 'NotFound', 'The requested resource does not exist.'));
  const { route, param, index } = found;
  const refusal = parts.takeQuota(route.endpoint, caller.appId);
  if (refusal !== undefined) return whole(refusal);

  const contentType = request.headers['content-type'] ?? '';
  const read = keepBody(request);
  const faultCall = await describe(found, contentType, read);
  const instead = await spoilAct(parts.takeFault(comesBefore(route.endpoint), faultCall), parts.clock, parts.signal);
  if (instead !== undefined) return instead;

  const query = new URLSearchParams(search);
  const apiRequest: ApiRequest = { param, index, query, roles: caller.roles, contentType, readBody: read };
  const acted = refuseRole(route, caller) ?? (await route.handle(apiRequest));
  const reply = reshape(acted, parts.switches.fields);
  if (reply.status >= 300) return whole(reply);
  const fault = parts.takeFault(comesAfter(route.endpoint), faultCall);
  return await spoilAnswer(fault, reply, parts.clock, parts.signal);
}

type Read = ApiRequest['readBody'];

/** Reads a body once, however often it is asked for. */
function keepBody(request: IncomingMessage): Read {
  let body: ReturnType<Read> | undefined;
  return (limitBytes) => {
    body ??= readBody(request, limitBytes);
    return body;
  };
}

/** What a fault may be chosen by: the subject of the path, and the comment of the body if it is JSON. */
async function describe(
  { route, param, index }: NonNullable<ReturnType<typeof findRoute>>,
  contentType: string,
  read: Read,
): Promise<FaultCall> {
  const subject = route.about?.(param) ?? { machineId: null, comment: null };
  const body = /^application\/json\b/i.test(contentType) ? await read(jsonLimitBytes) : 'too large';
  const json: unknown = body === 'too large' ? undefined : parseJson(body);
  const own = typeof json === 'object' && json !== null && 'Comment' in json ? String(json.Comment) : undefined;
  return { ...subject, comment: own ?? subject.comment, index: index === '' ? null : Number(index) };
}

/** The longest body that is JSON. */
const jsonLimitBytes = 1_000_000;
