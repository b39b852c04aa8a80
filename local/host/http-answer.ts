import type { IncomingMessage, ServerResponse } from 'node:http';

/** A request with the answer that is still to be given, and the request's absolute URL. */
export type HttpExchange = { request: IncomingMessage; response: ServerResponse; url: URL };

/** A whole HTTP answer; header names are lower-case. */
export type HttpAnswer = {
  status: number;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
};

/** An answer of the host itself: one sentence as plain text. */
export function answerInWords(status: number, sentence: string): HttpAnswer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: `${sentence}\n` };
}

/** What is answered for a failed invocation: 500 without message and stack, which are in the log. */
export function answerForFailure(functionName: string): HttpAnswer {
  return answerInWords(500, `The function ${functionName} failed. Its log line says why.`);
}

/** Sends an answer, unless another one has begun or the client is gone. */
export function sendAnswer(response: ServerResponse, answer: HttpAnswer): void {
  if (response.headersSent || response.destroyed) return;
  const length = answer.body === undefined ? undefined : { 'content-length': Buffer.byteLength(answer.body) };
  response.writeHead(answer.status, { ...answer.headers, ...length }).end(answer.body);
}
