import type { ServerResponse } from 'node:http';
import type { Call } from './call-log.ts';
import { errorReply, type Reply } from './reply.ts';

/** How a reply is sent: whole, with half of its body, half of it and then the connection ended, or not at all. */
export type Delivery = 'whole' | 'half' | 'cut' | 'lost' | 'never';

/** Sends a reply and tells what the caller got of it. */
export function sendReply(response: ServerResponse, reply: Reply, delivery: Delivery): Call['answer'] {
  const body = Buffer.from(reply.body ?? '', 'utf8');
  const half = body.subarray(0, Math.floor(body.length / 2));
  switch (delivery) {
    case 'whole':
      writeHead(response, reply, body.length);
      response.end(body);
      return 'sent';
    case 'half':
      writeHead(response, reply, half.length);
      response.end(half);
      return 'truncated';
    case 'cut':
      writeHead(response, reply, body.length);
      response.write(half, () => response.destroy());
      return 'lost';
    case 'lost':
      response.destroy();
      return 'lost';
    case 'never':
      return 'pending';
    default:
      return delivery satisfies never;
  }
}

const usualCodes: Readonly<Record<number, string>> = {
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'ResourceNotFound',
  429: '429',
};

/** Makes the reply of a fault with a status: its own body if it has one, else Defender's usual error. */
export function statusReply(fault: { status: number; body?: unknown; headers?: Record<string, string> }): Reply {
  const usual = errorReply(fault.status, usualCodes[fault.status] ?? 'InternalServerError', 'The request failed.');
  const reply = fault.body === undefined ? usual : { ...usual, body: JSON.stringify(fault.body) };
  return { ...reply, headers: { ...reply.headers, ...fault.headers } };
}

/** Makes the page that a gateway answers in the place of the API. */
export function htmlReply(status: number): Reply {
  const body =
    "<!DOCTYPE html><html><head><title>Our services aren't available right now</title></head><body><h2>Our services aren't available right now</h2></body></html>";
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body };
}

function writeHead(response: ServerResponse, reply: Reply, lengthBytes: number): void {
  const length = reply.status === 204 ? {} : { 'content-length': lengthBytes };
  response.writeHead(reply.status, { ...reply.headers, ...length });
}
