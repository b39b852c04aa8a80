import { connect, createServer } from 'node:net';
import { BlobServiceClient, type ContainerClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../../local/host/listen.ts';
import { type Host, startHost } from '../../../local/host/start-host.ts';
import { type Azurite, startAzurite } from '../../../local/storage/start-azurite.ts';
import { fixtureApp } from './start-main.ts';

let azurite: Azurite;
let blobs: BlobServiceClient;
let host: Host | undefined;
let lines: string[] = [];
beforeAll(async () => {
  azurite = await startAzurite();
  blobs = BlobServiceClient.fromConnectionString(azurite.connectionString);
}, 30_000);
afterEach(() => host?.close());
afterAll(() => azurite.close());

type Run = { text: string; isBuffer: boolean; atOnce: number; metadata: Record<string, unknown> };

/** Starts the host on a container of the test's own. */
async function start(container: string, connectionString = azurite.connectionString): Promise<Host> {
  lines = [];
  host = await startHost({
    appFile: fixtureApp,
    port: 0,
    settings: { TICKET_CONTAINER: container, FixtureStorage: connectionString },
    log: (level, name, message) => void lines.push(`[${level}] ${name}: ${message.split('\n')[0]}`),
    blobPollIntervalMs: 20,
    blobRetryDelaysMs: [10, 20, 30, 40],
  });
  return host;
}

async function runs(): Promise<Run[]> {
  const seen: Run[] = JSON.parse(await (await fetch(`${host?.url}/v1/seen`)).text());
  return seen.filter(({ text }) => text !== undefined);
}

const texts = async (): Promise<string[]> => (await runs()).map(({ text }) => text);

async function makeContainer(name: string): Promise<ContainerClient> {
  const container = blobs.getContainerClient(name);
  await container.create();
  return container;
}

const put = (container: ContainerClient, name: string, text: string, metadata = {}) =>
  container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text), { metadata });

/** For a machine that is busy with other things. */
const patience = { timeout: 10_000 };

describe('blob triggers', { timeout: 20_000 }, () => {
  it('wait quietly for the container, then run once for each version of a blob, with what is known of it', async () => {
    await start('tickets-1');
    const container = await makeContainer('tickets-1');
    await put(container, 'c1/0-1-1.json', '{"a":1}', { Owner: 'soc' });
    await put(container, 'c1/notes.txt', 'of no trigger');
    await expect.poll(texts, patience).toEqual(['{"a":1}']);
    await put(container, 'c1/0-1-1.json', '{"a":2}');
    await expect.poll(texts, patience).toEqual(['{"a":1}', '{"a":2}']);

    const [first] = await runs();
    expect(first).toMatchObject({
      isBuffer: true,
      metadata: {
        blobTrigger: 'tickets-1/c1/0-1-1.json',
        uri: `${azurite.blobUrl}/tickets-1/c1/0-1-1.json`,
        collection: 'c1',
        ticket: '0-1-1',
        metadata: { owner: 'soc' },
        properties: { blobType: 'BlockBlob', contentLength: 7 },
      },
    });
    expect(lines).toEqual([]);
  });

  it('do not run again after a restart what was done, but what came meanwhile', async () => {
    const container = await makeContainer('tickets-2');
    await put(container, 'c/1.json', 'before');
    await start('tickets-2');
    await expect.poll(texts, patience).toEqual(['before']);
    await host?.close();
    await put(container, 'c/2.json', 'meanwhile');
    await start('tickets-2');
    await expect.poll(texts, patience).toEqual(['meanwhile']);
  });

  it('try again when a try fails', async () => {
    await start('tickets-3');
    await put(await makeContainer('tickets-3'), 'c/1.json', 'fails twice');
    await expect.poll(texts, patience).toEqual(['fails twice', 'fails twice', 'fails twice']);
  });

  it('give up after five tries, and leave a message in the poison queue', async () => {
    await start('tickets-4');
    const { etag } = await put(await makeContainer('tickets-4'), 'c/1.json', 'fails always');
    const queue = QueueServiceClient.fromConnectionString(azurite.connectionString).getQueueClient(
      'webjobs-blobtrigger-poison',
    );
    await expect.poll(() => lines.some((line) => line.includes('given up')), patience).toBe(true);
    const { peekedMessageItems } = await queue.peekMessages();
    expect(
      peekedMessageItems.map(({ messageText }) => JSON.parse(Buffer.from(messageText, 'base64').toString())),
    ).toEqual([
      {
        Type: 'BlobTrigger',
        FunctionId: 'Host.Functions.copy',
        BlobType: 'BlockBlob',
        ContainerName: 'tickets-4',
        BlobName: 'c/1.json',
        ETag: etag,
      },
    ]);
    expect(await texts()).toHaveLength(5);
  });

  it('run at most as many at once as host.json says', async () => {
    const container = await makeContainer('tickets-5');
    for (const name of ['1', '2', '3', '4']) await put(container, `c/${name}.json`, 'slow');
    await start('tickets-5');
    await expect.poll(texts, patience).toHaveLength(4);
    expect(Math.max(...(await runs()).map(({ atOnce }) => atOnce))).toBe(2);
  });

  it('take what Event Grid delivers to their webhook, once, whatever the listing finds too', async () => {
    const container = await makeContainer('tickets-6');
    await start('tickets-6');
    const { etag = '' } = await put(container, 'c/1.json', 'told');
    const event = (name: string, tag: string) => ({
      id: '1',
      subject: 's',
      eventType: 'Microsoft.Storage.BlobCreated',
      data: { url: `${azurite.blobUrl}/${name}`, eTag: tag.replaceAll('"', ''), blobType: 'BlockBlob' },
    });
    const deliver = (events: unknown, headers: Record<string, string>, id = 'Host.Functions.copy') =>
      fetch(`${host?.url}/runtime/webhooks/blobs?functionName=${id}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(events),
      });
    const notification = { 'aeg-event-type': 'Notification' };

    const validation = { data: { validationCode: 'CODE-2' } };
    const handshake = await deliver([validation], { 'aeg-event-type': 'SubscriptionValidation' });
    expect(await handshake.json()).toEqual({ validationResponse: 'CODE-2' });
    const events = [
      event('tickets-6/c/1.json', etag),
      event('tickets-6/c/1.json', '0xOVERWRITTEN'),
      event('tickets-6/c/gone.json', '0x1'),
      event('other/c/1.json', etag),
    ];
    await expect.poll(async () => (await deliver(events, notification)).status, patience).toBe(202);
    expect((await deliver(events, notification)).status).toBe(202);
    expect((await deliver(events, notification, 'copy')).status).toBe(404);

    await put(container, 'c/2.json', 'after');
    await expect.poll(texts, patience).toEqual(['told', 'after']);
  });

  it('say once that storage is away, without its key, and go on when it is back', async () => {
    const storagePort = Number(new URL(azurite.blobUrl).port);
    const gate = createServer((socket) => void socket.pipe(connect(storagePort, '127.0.0.1')).pipe(socket));
    const gatePort = new URL(await listen(gate, 0, '127.0.0.1')).port;
    await new Promise((resolve) => gate.close(resolve));
    const container = await makeContainer('tickets-7');
    await put(container, 'c/1.json', 'kept');

    await start('tickets-7', azurite.connectionString.replaceAll(`:${storagePort}/`, `:${gatePort}/`));
    const away = '[warning] copy: Storage cannot be used (ECONNREFUSED). It is tried again until it can.';
    await expect.poll(() => lines, patience).toEqual([away]);
    await listen(gate, Number(gatePort), '127.0.0.1');
    await expect.poll(texts, patience).toEqual(['kept']);
    const back = '[information] copy: Storage can be used again.';
    await expect.poll(() => lines, patience).toEqual([away, back]);
    gate.close();
  });
});
