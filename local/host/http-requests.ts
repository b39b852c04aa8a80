import type { IncomingMessage, RequestListener } from 'node:http';
import type { Registry } from './core-api.ts';
import { answerInWords, type HttpAnswer, sendAnswer } from './http-answer.ts';
import { type HttpRoute, matchHttpRoute } from './http-routes.ts';
import { forwardHttpTrigger } from './http-stream.ts';
import { answerHttpTrigger } from './http-triggers.ts';
import type { StreamProxy } from './open-stream-proxy.ts';
import { BodyTooLargeError, maxBodyBytes } from './read-body.ts';
import { refuseForeignRequest } from './refuse-foreign-request.ts';

/** Answers a request to a route of the platform's own, such as `/runtime/webhooks/eventgrid`. */
export type Webhook = (request: IncomingMessage, url: URL) => Promise<HttpAnswer>;

/** What is served: webhooks by their exact path, then the routes; streamed when there is a proxy. */
export type ServedParts = {
  registry: Registry;
  routes: readonly HttpRoute[];
  webhooks: Readonly<Record<string, Webhook>>;
  proxy: StreamProxy | undefined;
};

/** Answers every request to the host: refuses foreign ones, then asks the webhooks, then the routes. */
export function createRequestListener(parts: ServedParts): RequestListener {
  return (request, response) => {
    const refusal = refuseForeignRequest(request);
    const url = readUrl(request);
    if (refusal !== undefined || url === undefined) {
      sendAnswer(response, refusal ?? answerInWords(400, 'The request names no valid URL.'));
      return;
    }
    const exchange = { request, response, url };
    const webhook = parts.webhooks[url.pathname.toLowerCase()];
    const match = matchHttpRoute(parts.routes, request.method ?? '', url.pathname);
    const serve = async (): Promise<void> => {
      if (webhook !== undefined) return sendAnswer(response, await webhook(request, url));
      if (match === undefined) return sendAnswer(response, noSuchRoute);
      if (parts.proxy === undefined) {
        return sendAnswer(response, await answerHttpTrigger(parts.registry, match, exchange));
      }
      return forwardHttpTrigger(parts.registry, parts.proxy, match, exchange);
    };
    serve().catch((error: unknown) => {
      sendAnswer(response, answerForError(error));
      if (!response.writableEnded) response.destroy();
    });
  };
}

const noSuchRoute = answerInWords(
  404,
  'No function takes this method and path. Each function is printed with its methods and URL when the host starts.',
);

function answerForError(error: unknown): HttpAnswer {
  if (error instanceof BodyTooLargeError) {
    const answer = answerInWords(413, `A request body may have at most ${maxBodyBytes} bytes. Send less at once.`);
    return { ...answer, headers: { ...answer.headers, connection: 'close' } };
  }
  return answerInWords(500, 'The host could not pass this request on. Its log says more if a function was reached.');
}

function readUrl(request: IncomingMessage): URL | undefined {
  const path = request.url ?? '';
  const url = `http://${request.headers.host ?? ''}${path}`;
  return path.startsWith('/') && URL.canParse(url) ? new URL(url) : undefined;
}
