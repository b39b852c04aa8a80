import { randomUUID } from 'node:crypto';
import { type IncomingHttpHeaders, request as openRequest } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Registry, TypedData } from './core-api.ts';
import { answerForFailure, type HttpAnswer, type HttpExchange, sendAnswer } from './http-answer.ts';
import type { HttpMatch } from './http-routes.ts';
import { joinHeaders } from './http-triggers.ts';
import { invokeFunction } from './invoke-function.ts';
import type { StreamProxy } from './open-stream-proxy.ts';
import { announcesTooMuch, BodyTooLargeError, limitBody } from './read-body.ts';

const hopByHopHeaders: readonly string[] = [
  ...['connection', 'expect', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'],
  'x-ms-invocation-id',
];

/**
 * Runs an HTTP function whose bodies are streamed: the request is forwarded to the library's own proxy, marked with the
 * invocation's id, while the invocation itself carries headers and parameters as trigger metadata (see httpProxy.ts and
 * HttpRequest.ts of @azure/functions). Rejects with BodyTooLargeError, or when a connection breaks.
 */
export async function forwardHttpTrigger(
  registry: Registry,
  proxy: Pick<StreamProxy, 'origin' | 'agent'>,
  { registered, params }: HttpMatch,
  { request, response, url }: HttpExchange,
): Promise<void> {
  if (announcesTooMuch(request)) throw new BodyTooLargeError();
  const headers = joinHeaders(request);
  const invocationId = randomUUID();
  const upstream = openRequest(new URL(url.pathname + url.search, proxy.origin), {
    agent: proxy.agent,
    method: request.method ?? 'GET',
    headers: {
      ...dropHopByHopHeaders(headers),
      'x-ms-invocation-id': invocationId,
      'x-forwarded-host': url.host,
      'x-forwarded-proto': 'http',
      // One that is to be closed after its answer is torn down under a body that nobody reads to its end, and the answer with it.
      connection: 'keep-alive',
    },
  });
  const metadata = Object.entries(params).map(([name, value]): [string, TypedData] => [name, { string: value }]);

  await new Promise<void>((resolve, reject) => {
    /** Once an answer has begun, what happens to the request's body no longer decides anything. */
    const failUnlessAnswered = (error: unknown): void => {
      if (!response.headersSent) reject(error);
    };
    upstream.on('error', failUnlessAnswered);
    const body = request.pipe(limitBody());
    pipeline(body, upstream).catch(failUnlessAnswered);
    request.once('close', () => {
      if (!request.complete) body.destroy(new Error('The client left before its body had come.'));
    });
    /** What is left of a body that nobody reads is read here, as the next request on the connection stands behind it. */
    const readTheRest = (): void => {
      if (upstream.writableFinished) return;
      request.unpipe(body).resume();
      body.destroy();
    };

    upstream.once('response', (proxied) => {
      response.writeHead(proxied.statusCode ?? 500, dropHopByHopHeaders(proxied.headers));
      // With the first of the body where that is here already, as one write is half the work of two.
      setImmediate(() => response.flushHeaders());
      pipeline(proxied, response).then(readTheRest).then(resolve, reject);
    });

    const endWithoutProxy = (answer: HttpAnswer): void => {
      if (response.headersSent) response.destroy();
      else sendAnswer(response, answer);
      upstream.destroy();
      resolve();
    };
    void invokeFunction(registry, {
      registered,
      invocationId,
      data: {},
      triggerMetadata: { ...Object.fromEntries(metadata), Headers: { json: JSON.stringify(headers) } },
    }).then((outcome) => {
      if (outcome.status === 'failed') endWithoutProxy(answerForFailure(registered.metadata.name));
      else if (outcome.result === undefined || outcome.result === null) endWithoutProxy({ status: 204 });
    });
  });
}

function dropHopByHopHeaders(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHopHeaders.includes(name)));
}
