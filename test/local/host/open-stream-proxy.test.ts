import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import type { Registry } from '../../../local/host/core-api.ts';
import { openStreamProxy, type StreamProxy } from '../../../local/host/open-stream-proxy.ts';

let proxy: StreamProxy | undefined;
afterEach(() => proxy?.close());

/** A library whose server listens, as the real one's does, before its capabilities are told. */
function registryOf(): Registry {
  const server = createServer((asked, answer) => {
    asked.resume();
    answer.end('answered');
  });
  return {
    open: false,
    functions: [],
    hooks: [],
    log: () => undefined,
    model: {
      getInvocationModel: () => {
        throw new Error('Nothing is invoked here.');
      },
      getCapabilities: async () => {
        server.listen(0);
        await once(server, 'listening');
        return { HttpUri: `http://localhost:${(server.address() as AddressInfo).port}/` };
      },
    },
  };
}

async function ask({ origin, agent }: StreamProxy) {
  const asking = request(origin, { agent, method: 'POST' });
  asking.end('a body');
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  answer.resume();
  await once(answer, 'end');
  // The connection is given back in the turn after the answer's end.
  await new Promise((resolve) => setImmediate(resolve));
  return { reused: asking.reusedSocket, closesIdle: answer.headers['keep-alive'] };
}

it('keeps its connections, and its server closes none of them while a request may be on its way', async () => {
  proxy = await openStreamProxy(registryOf());
  if (proxy === undefined) throw new Error('There is no proxy.');
  expect(await ask(proxy)).toEqual({ reused: false, closesIdle: undefined });
  expect(await ask(proxy)).toEqual({ reused: true, closesIdle: undefined });
  expect(proxy.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});
