import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { readToken } from '../token.ts';
import type { Call, CallLog } from './call-log.ts';
import type { TakeFault } from './fault.ts';
import type { TakeQuota } from './quota.ts';
import { readBody } from './read-body.ts';
import { errorReply, type Reply } from './reply.ts';
import { findRoute, type Route } from './route.ts';

/** What the API's server is made of. */
export type ApiParts = {
  routes: readonly Route[];
  tenantId: string;
  clock: Clock;
  calls: CallLog;
  takeQuota: TakeQuota;
  takeFault: TakeFault;
};

/** Makes the API's server: fault, token, quota, role, then the endpoint. */
export function createApiServer(parts: ApiParts): Server {
  return createServer((request, response) => {
    serve(request, response, parts).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) response.destroy();
      else send(response, errorReply(500, 'InternalServerError', `The simulator failed: ${String(error)}`));
    });
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, parts: ApiParts): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  const found = findRoute(parts.routes, request.method, path);
  const endpoint = found?.route.endpoint ?? null;
  const call = parts.calls.open({
    origin: 'api',
    endpoint,
    method: request.method ?? '',
    path,
    query: search,
    range: null,
  });
  const reply = await answer(request, parts, found, search);
  call.status = reply.status;
  request.resume();
  const fault = endpoint !== null && reply.status < 300 ? parts.takeFault(endpoint, 'after') : undefined;
  call.answer = fault?.do === 'answer lost' ? 'lost' : fault?.do === 'truncated JSON' ? 'truncated' : 'sent';
  respond(response, reply, call.answer);
}

function respond(response: ServerResponse, reply: Reply, answer: Call['answer']): void {
  switch (answer) {
    case 'lost':
      response.destroy();
      return;
    case 'truncated':
      send(response, { ...reply, body: (reply.body ?? '').slice(0, (reply.body ?? '').length / 2) });
      return;
    case 'sent':
    case 'pending':
      send(response, reply);
      return;
    default:
      answer satisfies never;
  }
}

async function answer(
  request: IncomingMessage,
  parts: ApiParts,
  found: ReturnType<typeof findRoute>,
  search: string,
): Promise<Reply> {
  const fault = found === undefined ? undefined : parts.takeFault(found.route.endpoint, 'before');
  if (fault?.do === 'html') return htmlReply(fault.status);
  if (fault?.do === 'status') return statusReply(fault.status, fault.body, fault.headers ?? {});

  const token = readToken(request.headers.authorization, parts.tenantId, parts.clock.now());
  if (token.kind === 'refused') return errorReply(401, 'Unauthorized', `Authentication failed. ${token.why}`);
  if (found === undefined) return errorReply(404, 'NotFound', 'The requested resource does not exist.');
  const { route, param, index } = found;
  const refusal = parts.takeQuota(route.endpoint, token.claims.appid);
  if (refusal !== undefined) return refusal;
  if (!route.roles.some((role) => token.claims.roles.includes(role))) {
    const missing = `The application does not have any of the required application permissions (${route.roles.join(', ')}) to access the resource.`;
    return errorReply(403, 'Forbidden', missing);
  }
  return await route.handle({
    param,
    index,
    query: new URLSearchParams(search),
    contentType: request.headers['content-type'] ?? '',
    readBody: (limitBytes) => readBody(request, limitBytes),
  });
}

const usualCodes: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'ResourceNotFound',
  429: '429',
};

function statusReply(status: number, body: unknown, headers: Record<string, string>): Reply {
  const usual = errorReply(status, usualCodes[status] ?? 'InternalServerError', 'The request failed.');
  const reply = body === undefined ? usual : { ...usual, body: JSON.stringify(body) };
  return { ...reply, headers: { ...reply.headers, ...headers } };
}

function htmlReply(status: number): Reply {
  const body =
    "<!DOCTYPE html><html><head><title>Our services aren't available right now</title></head><body><h2>Our services aren't available right now</h2></body></html>";
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function send(response: ServerResponse, reply: Reply): void {
  const body = Buffer.from(reply.body ?? '', 'utf8');
  response.writeHead(
    reply.status,
    reply.status === 204 ? reply.headers : { ...reply.headers, 'content-length': body.length },
  );
  response.end(body);
}
