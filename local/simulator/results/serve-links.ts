import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Clock } from '../clock.ts';
import type { Call, CallLog } from '../http/call-log.ts';
import { readRange } from './byte-range.ts';
import { readLink } from './link-signature.ts';
import type { Result, Results } from './result.ts';
import { refusals, type Refusal, sendRefusal, storageHeaders } from './storage-error.ts';

/** What the origin of result links is made of. */
export type LinkParts = { results: Results; key: Buffer; clock: Clock; calls: CallLog };

/** Makes the server of the second origin: Blob Storage as far as a signed link can see it. */
export function createLinkServer(parts: LinkParts): Server {
  return createServer((request, response) => {
    // A reader that goes away, or a machine that is closed, ends the stream; there is no one left to tell.
    serve(request, response, parts).catch(() => response.destroy());
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, parts: LinkParts): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  const ranged = request.headers['x-ms-range'] ?? request.headers.range;
  const range = typeof ranged === 'string' ? ranged : undefined;
  const method = request.method ?? '';
  const call = parts.calls.open({ origin: 'links', endpoint: 'result', method, path, query: '', range: range ?? null });
  const refuse = (refusal: Refusal, headers: Record<string, string> = {}): void => {
    call.status = refusal.status;
    call.answer = 'sent';
    sendRefusal(response, method, refusal, headers, parts.clock.now());
  };
  request.resume();

  if (request.headers.authorization !== undefined) return refuse(refusals.authorization);
  const now = parts.clock.now();
  const link = readLink(path, new URLSearchParams(search), parts.key, now);
  const result = parts.results.get(path);
  switch (link.kind) {
    case 'unsigned':
      return refuse(refusals.unsigned);
    case 'forged':
      return refuse({ ...refusals.authentication, detail: 'Signature did not match.' });
    case 'expired': {
      const [ends, starts] = [link.expiresAt.toUTCString(), new Date(now).toUTCString()];
      const detail = `Signed expiry time [${ends}] must be after signed start time [${starts}]`;
      return refuse({ ...refusals.authentication, detail });
    }
    case 'valid':
      break;
    default:
      link satisfies never;
  }
  if (method !== 'GET' && method !== 'HEAD') return refuse(refusals.permission);
  if (result === undefined) return refuse(refusals.absent);
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== '*' && !wanted.split(/\s*,\s*/).includes(result.eTag)) {
    return refuse(refusals.condition);
  }
  await sendBlob(response, method, result, range, call, refuse);
}

async function sendBlob(
  response: ServerResponse,
  method: string,
  result: Result,
  rangeHeader: string | undefined,
  call: Call,
  refuse: (refusal: Refusal, headers: Record<string, string>) => void,
): Promise<void> {
  const { lengthBytes } = result.content;
  const range = readRange(rangeHeader, lengthBytes);
  if (range.kind === 'outside') return refuse(refusals.range, { 'content-range': `bytes */${lengthBytes}` });
  const [start, end] = range.kind === 'part' ? [range.start, range.end] : [0, lengthBytes];
  const status = range.kind === 'part' ? 206 : 200;
  call.status = status;
  response.writeHead(status, {
    ...storageHeaders(),
    'content-type': 'application/octet-stream',
    'content-length': end - start,
    'accept-ranges': 'bytes',
    etag: result.eTag,
    'last-modified': result.lastModified.toUTCString(),
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-creation-time': result.lastModified.toUTCString(),
    'x-ms-lease-state': 'available',
    'x-ms-lease-status': 'unlocked',
    'x-ms-server-encrypted': 'true',
    ...(range.kind === 'part' ? { 'content-range': `bytes ${start}-${end - 1}/${lengthBytes}` } : {}),
  });
  if (method === 'HEAD' || start === end) response.end();
  else {
    call.answer = 'lost';
    await pipeline(result.content.read(start, end), response);
  }
  call.answer = 'sent';
}
