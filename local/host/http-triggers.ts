import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { Registry, TypedData } from './core-api.ts';
import { answerForFailure, type HttpAnswer, type HttpExchange } from './http-answer.ts';
import type { HttpMatch } from './http-routes.ts';
import { invokeFunction } from './invoke-function.ts';
import { readBody } from './read-body.ts';
import { rpcCookie, serializeCookie } from './serialize-cookie.ts';

/** Runs an HTTP function on a whole request and gives its whole answer; rejects when the body cannot be read. */
export async function answerHttpTrigger(
  registry: Registry,
  { registered, params }: HttpMatch,
  { request, url }: HttpExchange,
): Promise<HttpAnswer> {
  const body = await readBody(request);
  const outcome = await invokeFunction(registry, {
    registered,
    data: {
      http: {
        method: request.method,
        url: url.href,
        headers: joinHeaders(request),
        params,
        query: joinQuery(url),
        ...(body.length > 0 && { body: { bytes: body } }),
      },
    },
  });
  switch (outcome.status) {
    case 'failed':
      return answerForFailure(registered.metadata.name);
    case 'succeeded':
      return toHttpAnswer(outcome.returnValue);
    default:
      return outcome satisfies never;
  }
}

/** A request's headers, names in lower case, a repeated one joined by commas. */
export function joinHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

/** The real host hands over one value a name and joins repeated ones by commas. */
function joinQuery(url: URL): Record<string, string> {
  const names = new Set(url.searchParams.keys());
  return Object.fromEntries(Array.from(names, (name) => [name, url.searchParams.getAll(name).join(',')]));
}

const rpcHttp = z.object({
  statusCode: z.coerce.number(),
  headers: z.record(z.string(), z.string()),
  body: z.object({ bytes: z.instanceof(Uint8Array).nullish() }).nullish(),
  cookies: z.array(rpcCookie),
});

/** What a server decides for itself, so that a function's own word could only contradict it. */
const ownHeaders: readonly string[] = ['connection', 'content-length', 'keep-alive', 'transfer-encoding', 'upgrade'];

function toHttpAnswer(returnValue: TypedData | null | undefined): HttpAnswer {
  if (returnValue?.http === undefined) return { status: 204 };
  const { statusCode, headers, body, cookies } = rpcHttp.parse(returnValue.http);
  const kept: [string, string | string[]][] = Object.entries(headers).filter(([name]) => !ownHeaders.includes(name));
  if (cookies.length > 0) kept.push(['set-cookie', cookies.map(serializeCookie)]);
  return { status: statusCode, headers: Object.fromEntries(kept), ...(body?.bytes && { body: body.bytes }) };
}
