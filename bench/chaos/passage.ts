import { createServer, type IncomingMessage, request as openRequest, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { closeServer, listenOnLoopback } from '../../local/simulator/http/listen.ts';
import { type CallName, nameCall, type Service } from './name-call.ts';

/** A call on its way: the headers are those of the request. */
export interface Passing {
  readonly service: Service;
  readonly call: CallName;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
}

/** What the service answered to a call; it has taken effect by then. */
export interface Answered {
  readonly status: number;
  readonly etag: string | null;
}

/** Sees each call of an app twice: before the service does, when it may still be cut off, and as soon as the service has answered. */
export interface Watcher {
  readonly onArrival: (passing: Passing) => 'let by' | 'cut off';
  readonly onAnswer: (passing: Passing, answered: Answered) => void;
}

/** A passage at its own origin, without a final slash. */
export interface Passage {
  readonly origin: string;
  readonly close: () => Promise<void>;
}

/** The headers of one connection, which say nothing of the next. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/**
 * Opens a way to a service on which every call can be seen. A request that was received whole goes on to its end even when
 * whoever sent it is dead by then, as on a real network; one that was cut short is cut short for the service too.
 */
export async function openPassage(service: Service, target: string, watcher: Watcher): Promise<Passage> {
  const server = createServer({ requestTimeout: 0 }, (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split(/\?(.*)/s);
    const method = request.method ?? '';
    const call = nameCall({ service, method, path, query });
    const passing: Passing = { service, call, method, path, headers: request.headers };
    if (watcher.onArrival(passing) === 'cut off') response.destroy();
    else forward(target, request, response, (answered) => watcher.onAnswer(passing, answered));
  });
  const origin = await listenOnLoopback(server, 0);
  return { origin, close: () => closeServer(server) };
}

function forward(
  target: string,
  request: IncomingMessage,
  response: ServerResponse,
  onAnswer: (answered: Answered) => void,
): void {
  const { method, url = '/' } = request;
  const headers = dropHopByHop(request.headers);
  const onward = openRequest(target, { agent: false, path: url, headers, ...(method === undefined ? {} : { method }) });
  const giveUp = () => void response.destroy();
  onward.once('error', giveUp);
  onward.once('response', (answer) => {
    onAnswer({ status: answer.statusCode ?? 0, etag: answer.headers.etag ?? null });
    if (response.destroyed) return void answer.resume();
    response.writeHead(answer.statusCode ?? 500, dropHopByHop(answer.headers));
    pipeline(answer, response, () => undefined);
  });
  pipeline(request, onward, () => undefined);
}

function dropHopByHop(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
