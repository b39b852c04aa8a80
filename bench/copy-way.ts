/** One copy of `npm run bench:copy` in a process of its own: waits for its order, copies in that way, and tells time and memory. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { BlobServiceClient, type BlockBlobClient, type ContainerClient } from '@azure/storage-blob';
import { request } from 'undici';
import { hideLink } from '../shared/domain/result-link.ts';
import { copyFromLink } from '../shared/evidence/copy-from-link.ts';

/** What is copied in which way: ours, the SDK's stream without a hash, or a download into memory and an upload from there. */
export type CopyOrder = {
  way: 'ours' | 'stream' | 'whole';
  link: string;
  connectionString: string;
};

/** What a copy took: its time, and the most memory it held over the idle process (the kernel's VmHWM less VmRSS). */
export type CopyTaken = { seconds: number; overIdleBytes: number };

const GIB = 1024 ** 3;
const path = 'bench/data/0-0-getfile/content';

if (process.send !== undefined) {
  const [order] = (await once(process, 'message')) as [CopyOrder]; // The only message, and of the bench itself.
  process.send(await take(order));
  process.disconnect();
}

async function take({ way, link, connectionString }: CopyOrder): Promise<CopyTaken> {
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('evidence');
  await container.createIfNotExists();
  await sleep(1000);
  const idleBytes = await readMemory('VmRSS');
  const startedMs = performance.now();
  await copy(way, link, container);
  const seconds = (performance.now() - startedMs) / 1000;
  return { seconds, overIdleBytes: (await readMemory('VmHWM')) - idleBytes };
}

async function copy(way: CopyOrder['way'], link: string, container: ContainerClient): Promise<void> {
  const blob = container.getBlockBlobClient(path);
  switch (way) {
    case 'ours':
      return copyOurs(link, container);
    case 'stream':
      return copyStream(link, blob);
    case 'whole':
      return copyWhole(link, blob);
    default:
      return way satisfies never;
  }
}

async function copyOurs(link: string, container: ContainerClient): Promise<void> {
  const answer = await copyFromLink({
    container,
    path,
    askForLink: async () => ({ outcome: 'link', link: hideLink(link) }),
    allowedHosts: ['http://127.0.0.1'],
    limits: { maxBytes: 4 * GIB, maxInsideBytes: 16 * GIB, maxInsideRatio: 200 },
  });
  if (answer.outcome !== 'stored') throw new Error(`The result was not stored: ${answer.outcome}.`);
}

async function copyStream(link: string, blob: BlockBlobClient): Promise<void> {
  const { body } = await request(link);
  await blob.uploadStream(body);
}

async function copyWhole(link: string, blob: BlockBlobClient): Promise<void> {
  const answer = await fetch(link);
  await blob.uploadData(await answer.arrayBuffer());
}

/** A line of /proc/self/status, in bytes; Linux alone has it. */
async function readMemory(name: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
}
