import type { ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Call } from '../http/call-log.ts';
import { readRange } from './byte-range.ts';
import type { LinkFault } from './link-fault.ts';
import { makeETag, type Result, type ResultContent } from './result.ts';
import { type Refusal, refusals, storageHeaders } from './storage-error.ts';

/** A request for a blob, as far as its link is good. */
export type BlobRequest = { result: Result; method: string; range: string | undefined; ifMatch: string | undefined };

/** Where it is noted what became of a request. */
export type BlobNotes = {
  call: Call;
  refuse(refusal: Refusal, headers?: Record<string, string>): void;
  decide(status: number, headers: Record<string, string>): void;
};

/** Sends a blob, or the part that a Range header asks for, as Blob Storage does, but for what a fault spoils. */
export async function sendBlob(
  response: ServerResponse,
  { result, method, range: rangeHeader, ifMatch }: BlobRequest,
  fault: LinkFault | undefined,
  { call, refuse, decide }: BlobNotes,
): Promise<void> {
  const isReplaced = fault?.do === 'other ETag';
  const matches = ifMatch === undefined || ifMatch === '*' || ifMatch.split(/\s*,\s*/).includes(result.eTag);
  if (!matches && !isReplaced) return refuse(refusals.condition);
  const { lengthBytes } = result.content;
  const range = readRange(fault?.do === 'whole' ? undefined : rangeHeader, lengthBytes);
  if (range.kind === 'outside') return refuse(refusals.range, { 'content-range': `bytes */${lengthBytes}` });
  const isPart = range.kind === 'part';
  const shift = isPart && fault?.do === 'shift' ? fault.byBytes : 0;
  const [start, end] = isPart ? [clamp(range.start + shift), clamp(range.end + shift)] : [0, lengthBytes];
  const announced = Math.max(0, end - start + (fault?.do === 'announce' ? fault.moreBytes : 0));
  const status = isPart ? 206 : 200;
  decide(status, {});
  response.writeHead(status, {
    ...storageHeaders(),
    ...describe(result),
    'content-length': announced,
    etag: isReplaced ? makeETag(`${result.eTag} replaced`) : result.eTag,
    ...(isPart ? { 'content-range': `bytes ${start}-${end - 1}/${lengthBytes}` } : {}),
    ...(fault?.do === 'announce' ? { connection: 'close' } : {}),
  });
  if (method === 'HEAD') response.end();
  else {
    call.answer = 'lost';
    if ((await sendBody(response, result.content, start, end, fault)) === 'lost') return;
  }
  call.answer = fault?.do === 'announce' ? 'truncated' : 'sent';

  function clamp(offset: number): number {
    return Math.min(Math.max(0, offset), lengthBytes);
  }
}

function describe({ lastModified }: Result): Record<string, string> {
  return {
    'content-type': 'application/octet-stream',
    'accept-ranges': 'bytes',
    'last-modified': lastModified.toUTCString(),
    'x-ms-blob-type': 'BlockBlob',
    'x-ms-creation-time': lastModified.toUTCString(),
    'x-ms-lease-state': 'available',
    'x-ms-lease-status': 'unlocked',
    'x-ms-server-encrypted': 'true',
  };
}

async function sendBody(
  response: ServerResponse,
  content: ResultContent,
  start: number,
  end: number,
  fault: LinkFault | undefined,
): Promise<'sent' | 'lost'> {
  if (fault?.do === 'cut' || fault?.do === 'stall') {
    await writeOut(response, content, start, Math.min(end, start + fault.afterBytes));
    if (fault.do === 'cut') response.destroy();
    return 'lost';
  }
  if (fault?.do === 'announce') {
    await writeOut(response, content, start, end);
    response.destroy();
    return 'sent';
  }
  if (start === end) response.end();
  else await pipeline(content.read(start, end), response);
  return 'sent';
}

/** Writes a part and leaves the answer open; done when its last byte has left the process. */
async function writeOut(response: ServerResponse, content: ResultContent, start: number, end: number): Promise<void> {
  response.flushHeaders();
  if (start >= end) return;
  for await (const chunk of content.read(start, end)) {
    await new Promise<void>((resolve, reject) => {
      response.write(chunk, (error) => (error ? reject(error) : resolve()));
    });
  }
}
