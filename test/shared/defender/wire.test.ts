import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Agent, buildConnector } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type Arrival,
  openWire,
  sendCall,
  WIRE_LIMITS,
  type Wire,
  type WireLimits,
} from '../../../shared/defender/send.ts';
import { createDefenderClient } from '../../../shared/defender/client.ts';
import { holdToken } from '../../../shared/defender/access-token.ts';
import { json, type Step, withScript } from './scripted-server.ts';

/** Far beyond the whole, so that a limit which does not hold shows as another. */
const FAR: WireLimits = { connectMs: 60_000, headersMs: 60_000, bodyMs: 60_000, wholeMs: 5_000, answerBytes: 1_000 };
const SHORT_MS = 100;
const opened: Wire[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ dispatcher }) => dispatcher.destroy()));
});

/** The production connections with other limits, destroyed after the test. */
function wireWithin(limits: Partial<WireLimits>): Wire {
  const wire = openWire({ ...FAR, ...limits });
  opened.push(wire);
  return wire;
}

async function send(step: Step, limits: Partial<WireLimits>, signal?: AbortSignal): Promise<Arrival> {
  return withScript([step], ({ baseUrl }) => {
    const url = new URL(`${baseUrl}/api/x`);
    return sendCall(wireWithin(limits), { method: 'POST', url, token: 't', body: '{}', ...(signal ? { signal } : {}) });
  });
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listen on a port gives an address object, never a pipe's name
  return (server.address() as AddressInfo).port;
}

describe('a request ends', () => {
  /** Sends to a server that takes the connection but never answers the TLS handshake, so that it is never one to send on. */
  async function sendToMute(limits: Partial<WireLimits>, signal?: AbortSignal): Promise<Arrival> {
    const sockets: Socket[] = [];
    const mute = createTcpServer((socket) => void sockets.push(socket.on('error', () => undefined)));
    const url = new URL(`https://127.0.0.1:${await listen(mute)}/api/x`);
    const call = { method: 'POST', url, token: 't', body: '{}', ...(signal ? { signal } : {}) } as const;
    const arrival = await sendCall(wireWithin(limits), call);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
    return arrival;
  }

  it('when no connection comes about: nothing was sent', async () => {
    expect(await sendToMute({ connectMs: SHORT_MS })).toEqual({ arrival: 'not sent', code: 'UND_ERR_CONNECT_TIMEOUT' });
  });

  it('at its limit or its deadline though a connection is still sought', async () => {
    expect(await sendToMute({ wholeMs: SHORT_MS })).toEqual({ arrival: 'no answer', code: 'TIMEOUT' });
    expect(await sendToMute({}, AbortSignal.timeout(SHORT_MS))).toEqual({ arrival: 'no answer', code: 'ABORT_ERR' });
  });

  it('at its deadline, and is not sent by the connection that comes about after it', async () => {
    const connectors: (() => void)[] = [];
    const connect = buildConnector({});
    const dispatcher = new Agent({ connect: (to, done) => void connectors.push(() => connect(to, done)) });
    const wire = openWire(FAR, dispatcher);
    opened.push(wire);
    await withScript([{ status: 200, body: '{}' }], async ({ baseUrl, arrived }) => {
      const url = (path: string) => new URL(`${baseUrl}/${path}`);
      const stop = new AbortController();
      const late = sendCall(wire, { method: 'POST', url: url('late'), token: 't', body: '{}', signal: stop.signal });
      await expect.poll(() => connectors.length).toBe(1);
      stop.abort();
      expect(await late).toEqual({ arrival: 'no answer', code: 'ABORT_ERR' });
      const next = sendCall(wire, { method: 'POST', url: url('next'), token: 't', body: '{}' });
      await expect.poll(() => connectors.splice(0).map((open) => open()).length).toBeGreaterThan(0);
      expect(await next).toMatchObject({ arrival: 'answer', status: 200 });
      expect(arrived.map((call) => call.url)).toEqual(['/next']);
    });
  });

  it.each<[string, Step, Partial<WireLimits>, string]>([
    ['when no headers come', 'say nothing', { headersMs: SHORT_MS }, 'UND_ERR_HEADERS_TIMEOUT'],
    ['when the body stands still', 'stall', { bodyMs: SHORT_MS }, 'UND_ERR_BODY_TIMEOUT'],
    [
      'when it takes too long as a whole, though something comes all the time',
      'trickle',
      { wholeMs: SHORT_MS },
      'TIMEOUT',
    ],
    ['when it takes too long as a whole, and nothing comes', 'say nothing', { wholeMs: SHORT_MS }, 'TIMEOUT'],
    ['when the answer has no end', 'trickle', { answerBytes: 5 }, 'ANSWER_TOO_LARGE'],
  ])('%s: it may have been done', async (_, step, limits, code) => {
    expect(await send(step, limits)).toEqual({ arrival: 'no answer', code });
  });

  it.each<Step>(['say nothing', 'stall', 'trickle'])('at the deadline that its caller set (%s)', async (step) => {
    const deadline = AbortSignal.timeout(SHORT_MS);
    expect(await send(step, {}, deadline)).toEqual({ arrival: 'no answer', code: 'ABORT_ERR' });
  });
});

describe('the wire of production', () => {
  it('waits 10 s for a connection, 60 s for headers, 30 s within a body, 100 s as a whole, and reads 32 MiB', () => {
    expect(WIRE_LIMITS).toEqual({
      connectMs: 10_000,
      headersMs: 60_000,
      bodyMs: 30_000,
      wholeMs: 100_000,
      answerBytes: 33_554_432,
    });
    const wire = openWire();
    opened.push(wire);
    expect(wire).toMatchObject({ longestMs: 100_000, longestBytes: 33_554_432 });
  });

  it('keeps a connection for the calls that follow, errors among them', async () => {
    let connections = 0;
    let answered = 0;
    const methods = Array.from({ length: 8 }, () => ['GET', 'POST', 'PATCH', 'DELETE'] as const).flat();
    const answers = methods.map((_, number) => [200, 404, 503][number % 3] ?? 200);
    const server = createServer((request, response) => {
      request.resume();
      response.writeHead(answers[answered++] ?? 500).end('{"id":"a"}');
    }).on('connection', () => {
      connections += 1;
    });
    const url = new URL(`http://127.0.0.1:${await listen(server)}/api/x`);
    const wire = wireWithin({});
    const statuses: unknown[] = [];
    for (const method of methods) {
      const arrival = await sendCall(wire, {
        method,
        url,
        token: 't',
        ...(method === 'POST' || method === 'PATCH' ? { body: '{}' } : {}),
      });
      statuses.push(arrival.arrival === 'answer' ? arrival.status : arrival.code);
    }
    expect(statuses).toEqual(answers);
    // A connection that is not yet idle again when the next call comes is left to it, and another is opened: a few, not 32.
    expect(connections).toBeLessThan(5);
    await wire.dispatcher.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('a deadline', () => {
  it('reaches the token, the gate, the request and the wait of a call', async () => {
    const deadline = new AbortController().signal;
    const seen: [string, AbortSignal | undefined][] = [];
    await withScript([{ status: 503 }, json(200, { id: 'a' })], async ({ baseUrl }) => {
      const client = createDefenderClient({
        baseUrl,
        tokens: {
          ...holdToken('t'),
          getToken: async (signal) => {
            seen.push(['token', signal]);
            return 't';
          },
        },
        admit: async (_, signal) => {
          seen.push(['gate', signal]);
          return { admission: 'admitted' };
        },
        wait: async (_, signal) => void seen.push(['wait', signal]),
      });
      expect(await client.getMachine('a', { signal: deadline })).toMatchObject({ outcome: 'found' });
    });
    const order = ['token', 'gate', 'wait', 'token', 'gate'];
    expect(seen).toEqual(order.map((name) => [name, deadline]));
  });

  it('holds for every page of a list together', async () => {
    const page = json(200, { value: [], '@odata.nextLink': '/api/machineactions?$skip=1' });
    await withScript([page, 'say nothing'], async ({ client, arrived }) => {
      const stop = new AbortController();
      const list = client.listActions({}, { signal: stop.signal }).catch((fault: unknown) => fault);
      await expect.poll(() => arrived.length).toBe(2);
      stop.abort();
      expect(await list).toMatchObject({ code: 'Aborted' });
    });
  });

  it('ends the wait for a token that does not come', async () => {
    await withScript(
      [],
      async ({ client, arrived }) => {
        const signal = AbortSignal.timeout(SHORT_MS);
        const started = await client.startLiveResponse({ machineId: 'a', comment: 'c', commands: [] }, { signal });
        expect(started).toMatchObject({ outcome: 'unreachable' });
        expect(arrived).toEqual([]);
      },
      { tokens: { ...holdToken('t'), getToken: () => new Promise(() => undefined) } },
    );
  });
});
