import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import type { Call, CallLog } from '../http/call-log.ts';
import type { TakeFault } from '../http/fault.ts';
import type { Switches } from '../switches.ts';
import { findResult } from './find-result.ts';
import { isLinkFault, type LinkFault } from './link-fault.ts';
import { packagePath } from './package-link.ts';
import type { Results } from './result.ts';
import { sendBlob } from './send-blob.ts';
import { type Refusal, refusals, sendRefusal } from './storage-error.ts';

/** What the origin of result links is made of. */
export type LinkParts = {
  results: Results;
  key: Buffer;
  clock: Clock;
  calls: CallLog;
  takeFault: TakeFault;
  switches: Switches;
  signal: AbortSignal;
};

/** Makes the server of the second origin: Blob Storage as far as a signed link can see it, and the host of packages. */
export function createLinkServer(parts: LinkParts): Server {
  return createServer((request, response) => {
    // A reader that goes away, or a machine that is closed, ends the stream; there is no one left to tell.
    serve(request, response, parts).catch(() => response.destroy());
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, parts: LinkParts): Promise<void> {
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s);
  const { headers } = request;
  const ranged = headers['x-ms-range'] ?? headers.range;
  const range = typeof ranged === 'string' ? ranged : undefined;
  const method = request.method ?? '';
  const found = findResult(path, new URLSearchParams(search), parts.results, parts.key, parts.clock.now());
  const subject = found.kind === 'result' ? found.result.subject : undefined;
  const call = parts.calls.open({
    origin: 'links',
    endpoint: path === packagePath ? 'package' : 'result',
    method,
    path,
    query: '',
    range: range ?? null,
    machineId: subject?.machineId ?? null,
  });
  const refuse = (refusal: Refusal, more: Record<string, string> = {}): void => {
    parts.calls.decide(call, refusal.status, more);
    call.answer = 'sent';
    sendRefusal(response, method, refusal, more, parts.clock.now());
  };
  request.resume();

  if (headers.authorization !== undefined && parts.switches.linkWithToken === 'refused') {
    return refuse(refusals.authorization);
  }
  if (found.kind === 'refused') return refuse(found.refusal);
  if (method !== 'GET' && method !== 'HEAD') return refuse(refusals.permission);
  const fault = parts.takeFault(isLinkFault, { machineId: null, comment: null, index: null, ...subject });
  if ((await answerInstead(fault, response, call, parts, refuse)) === 'answered') return;
  const blob = { result: found.result, method, range, ifMatch: headers['if-match'] };
  const decide = (status: number, more: Record<string, string>): void => parts.calls.decide(call, status, more);
  await sendBlob(response, blob, fault, { call, refuse, decide });
}

/** Answers by a fault in the place of the blob, or waits for one that is late. */
async function answerInstead(
  fault: LinkFault | undefined,
  response: ServerResponse,
  call: Call,
  parts: LinkParts,
  refuse: (refusal: Refusal, headers?: Record<string, string>) => void,
): Promise<'answered' | 'goes on'> {
  switch (fault?.do) {
    case 'refuse':
      refuse({ status: fault.status, code: fault.code, message: 'The request was refused.' }, fault.headers);
      return 'answered';
    case 'redirect':
      parts.calls.decide(call, 302, {});
      call.answer = 'sent';
      response.writeHead(302, { location: fault.location, 'content-length': 0 }).end();
      return 'answered';
    case 'reset':
      call.answer = 'lost';
      response.destroy();
      return 'answered';
    case 'late':
      await parts.clock.sleep(fault.ms, parts.signal);
      return 'goes on';
    default:
      return 'goes on';
  }
}
