import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { holdToken } from '../../../shared/defender/access-token.ts';
import type { CallRecord } from '../../../shared/defender/call-endpoint.ts';
import {
  createDefenderClient,
  type DefenderClient,
  type DefenderClientOptions,
} from '../../../shared/defender/client.ts';

/** What the server does with one request: answers, breaks the connection before or within the answer, says nothing, or never comes to an end. */
export type Step =
  | {
      readonly status: number;
      readonly reason?: string;
      readonly headers?: Record<string, string>;
      readonly body?: string | Uint8Array;
    }
  | 'reset'
  | 'cut off'
  | 'cut off 429'
  | 'stall'
  | 'trickle'
  | 'say nothing';

/** A request as it arrived. */
export interface Arrived {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A real HTTP server on loopback that follows a script, one step a request, and a client for it. */
export interface Scripted {
  readonly baseUrl: string;
  readonly client: DefenderClient;
  readonly arrived: Arrived[];
  readonly waits: number[];
  readonly records: CallRecord[];
  readonly close: () => Promise<void>;
}

/** The token that must show up nowhere. */
export const TOKEN = 'eyJ0eXAi.PLANTED-TOKEN.c2ln';

/** Starts a server that follows the steps; a request too many is answered with 599. */
async function script(steps: readonly Step[], options: Partial<DefenderClientOptions> = {}): Promise<Scripted> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      const step = steps[arrived.length] ?? { status: 599, body: 'one request too many' };
      const { method = '', url = '', headers } = request;
      arrived.push({ method, url, headers, body });
      follow(step, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listen on a port gives an address object, never a pipe's name
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}`;
  const dispatcher = new Agent({ allowH2: false, headersTimeout: 400, bodyTimeout: 400 });
  const waits: number[] = [];
  const records: CallRecord[] = [];
  const client = createDefenderClient({
    baseUrl,
    tokens: holdToken(TOKEN),
    dispatcher,
    now: () => Date.parse('2026-01-20T20:00:00Z'),
    random: () => 0.5,
    wait: async (ms) => void waits.push(ms),
    onCall: (record) => void records.push(record),
    ...options,
  });
  const close = async (): Promise<void> => {
    await dispatcher.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { baseUrl, client, arrived, waits, records, close };
}

/** Runs a test against a script, and closes the server whatever comes of it. */
export async function withScript<T>(
  steps: readonly Step[],
  work: (scripted: Scripted) => Promise<T>,
  options?: Partial<DefenderClientOptions>,
): Promise<T> {
  const scripted = await script(steps, options);
  try {
    return await work(scripted);
  } finally {
    await scripted.close();
  }
}

/** A JSON answer. */
export function json(status: number, value: unknown, headers: Record<string, string> = {}): Step {
  const body = JSON.stringify(value);
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

/** An error as Defender words it. */
export function refusal(status: number, code: string, message: string, headers: Record<string, string> = {}): Step {
  return json(status, { error: { code, message, target: '43f4cb08-8fac-4b65-9db1-745c2ae65f3a' } }, headers);
}

function follow(step: Step, response: ServerResponse): void {
  switch (step) {
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'say nothing':
      return;
    case 'stall':
      response.writeHead(200, { 'content-length': '1000' }).write('{"value":[');
      return;
    case 'trickle': {
      response.writeHead(200);
      const drop = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drop));
      return;
    }
    case 'cut off':
      response.writeHead(200, { 'content-length': '1000' }).write('{"value":[', () => response.socket?.destroy());
      return;
    case 'cut off 429':
      response
        .writeHead(429, { 'content-length': '1000', 'retry-after': '42' })
        .write('{"error":', () => response.socket?.destroy());
      return;
    default:
      response.statusMessage = step.reason ?? '';
      response.writeHead(step.status, step.headers ?? {}).end(step.body ?? '');
  }
}
