import { subscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';

/** The header by which the host names the invocation that a request to the worker's own server belongs to. */
const INVOCATION = 'x-ms-invocation-id';
const answers = new Map<string, ServerResponse>();

/** From now on knows the connection of each streamed answer, by its invocation (Node: diagnostics_channel, `http.server.request.start`). */
export function watchAnswers(): void {
  subscribe('http.server.request.start', (message) => {
    if (typeof message !== 'object' || message === null || !('request' in message) || !('response' in message)) return;
    const { request, response } = message;
    if (!(request instanceof IncomingMessage) || !(response instanceof ServerResponse)) return;
    const id = request.headers[INVOCATION];
    if (typeof id !== 'string') return;
    answers.set(id, response);
    response.once('close', () => answers.delete(id));
  });
}

/**
 * The same bytes, each piece given only when the caller of that invocation has taken those before: the functions library
 * writes a body without waiting for its connection to drain, so a slow caller's download would pile up in memory. Ends
 * when the caller is gone.
 */
export async function* paceAnswer(invocationId: string, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    yield piece;
    const answer = answers.get(invocationId);
    if (answer?.writableNeedDrain === true && !answer.destroyed) await waitForDrain(answer);
    if (answer?.destroyed === true) return;
  }
}

async function waitForDrain(answer: ServerResponse): Promise<void> {
  const settled = new AbortController();
  const { signal } = settled;
  const closed = once(answer, 'close', { signal });
  const drained = once(answer, 'drain', { signal });
  try {
    await Promise.race([drained, closed]);
  } finally {
    // Whichever has not come yet is given up, which rejects it.
    for (const waiting of [drained, closed]) waiting.catch(() => undefined);
    settled.abort();
  }
}
