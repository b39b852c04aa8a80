import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { paceAnswer, watchAnswers } from '../../shared/pace-answers.ts';

const PIECE = Buffer.alloc(65_536, 'x');
const PIECES = 2_048;
const state = { given: 0, ended: 'no' as 'no' | 'yes' };

/** Writes as the functions library does: it never waits for the connection. */
const server = createServer(async (asked, answer) => {
  const id = String(asked.headers['x-ms-invocation-id'] ?? '');
  for await (const piece of paceAnswer(id, makeBytes())) answer.write(piece);
  answer.end();
});

async function* makeBytes(): AsyncGenerator<Uint8Array> {
  state.given = 0;
  state.ended = 'no';
  try {
    for (let piece = 0; piece < PIECES; piece += 1) {
      state.given += 1;
      yield PIECE;
      await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    state.ended = 'yes';
  }
}

beforeAll(async () => {
  watchAnswers();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

async function ask(id: string): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  const asking = request({ port, host: '127.0.0.1', headers: { 'x-ms-invocation-id': id } });
  asking.end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  answer.on('error', () => undefined);
  return answer;
}

/** How much was given once nothing more is, though the event loop goes round. */
async function settle(): Promise<number> {
  let before = -1;
  for (let same = 0; same < 500; same = state.given === before ? same + 1 : 0) {
    before = state.given;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return state.given;
}

it('a caller that takes nothing is given no more than the connection holds, and all of it once it takes', async () => {
  const answer = await ask('one');
  expect(await settle()).toBeLessThan(PIECES / 4);
  let bytes = 0;
  for await (const piece of answer) bytes += (piece as Buffer).length;
  expect(bytes).toBe(PIECES * PIECE.length);
  expect(state).toEqual({ given: PIECES, ended: 'yes' });
});

it('a caller that leaves ends it', async () => {
  const answer = await ask('two');
  await settle();
  answer.destroy();
  await expect.poll(() => state.ended).toBe('yes');
  expect(state.given).toBeLessThan(PIECES);
});
