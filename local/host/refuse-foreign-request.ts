import type { IncomingMessage } from 'node:http';
import { answerInWords, type HttpAnswer } from './http-answer.ts';

/**
 * Refuses what a web page of another site makes a browser on this machine send: the local host asks for no key, so its
 * loopback address is all that protects it. A name that was rebound to 127.0.0.1 is seen by the Host header, a request
 * across sites by Sec-Fetch-Site, which only browsers send. Undefined when the request may pass.
 */
export function refuseForeignRequest({ headers }: IncomingMessage): HttpAnswer | undefined {
  if (headers['sec-fetch-site'] === 'cross-site') {
    return answerInWords(403, 'The local host takes no requests from web pages of other sites.');
  }
  if (/^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(headers.host ?? '')) return undefined;
  return answerInWords(
    403,
    'The local host answers on this machine only: use http://127.0.0.1 or http://localhost. A tunnel must rewrite the Host header to localhost.',
  );
}
