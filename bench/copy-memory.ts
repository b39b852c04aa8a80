/** Copies a generated result into the storage emulator and prints how much memory the copy takes: `npm run bench:memory -- [--mib 1024]`. */
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import { BlobServiceClient } from '@azure/storage-blob';
import { startAzurite } from '../local/storage/start-azurite.ts';
import { hideLink } from '../shared/domain/result-link.ts';
import { copyFromLink } from '../shared/evidence/copy-from-link.ts';

const MIB = 1024 * 1024;
/** What a copy may take over the idle process (I12). */
const LIMIT_MIB = 128;

const { values } = parseArgs({ options: { mib: { type: 'string', default: '1024' }, serve: { type: 'boolean' } } });
const mib = Number(values.mib);
if (!Number.isInteger(mib) || mib < 1) throw new Error('--mib takes a whole number of MiB from 1, such as --mib 256.');
if (values.serve) serveResult(mib);
else await measureCopy(mib);

/** The source's process: a gzip of many equal members, half of each incompressible, sent without being held whole. */
function serveResult(sizeMib: number): void {
  const member = gzipSync(Buffer.concat([randomBytes(MIB / 2), Buffer.alloc(MIB / 2)]));
  const members = Math.ceil((sizeMib * MIB) / member.length);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-length': members * member.length, etag: '"0x1"' });
    Readable.from(Array<Buffer>(members).fill(member)).pipe(response);
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo; // It listens on TCP.
    process.send?.(port);
  });
  process.once('disconnect', () => process.exit());
}

async function measureCopy(sizeMib: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'copy-memory-'));
  const azurite = await startAzurite({ folder });
  const source = fork(import.meta.filename, ['--serve', '--mib', String(sizeMib)]);
  try {
    const [port]: unknown[] = await once(source, 'message');
    const container = BlobServiceClient.fromConnectionString(azurite.connectionString).getContainerClient('evidence');
    await container.create();
    await sleep(1000);
    const idle = process.memoryUsage.rss();
    let peak = idle;
    const sampling = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss());
    }, 50);
    const startedAt = performance.now();
    const answer = await copyFromLink({
      container,
      path: 'bench/data/0-0-getfile/content',
      askForLink: async () => ({ outcome: 'link', link: hideLink(`http://127.0.0.1:${port}/result`) }),
      allowedHosts: ['http://127.0.0.1'],
      limits: { maxBytes: 2 * sizeMib * MIB, maxInsideBytes: 8 * sizeMib * MIB, maxInsideRatio: 100 },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    clearInterval(sampling);
    if (answer.outcome !== 'stored') throw new Error(`The result was not stored: ${answer.outcome}.`);
    const over = (peak - idle) / MIB;
    console.log(
      `${sizeMib} MiB: idle ${(idle / MIB).toFixed(0)} MiB, peak over idle ${over.toFixed(0)} MiB (limit ${LIMIT_MIB}), ` +
        `${(answer.item.bytes / MIB / seconds).toFixed(1)} MiB/s, inside ${((answer.item.inside?.bytes ?? 0) / MIB).toFixed(0)} MiB`,
    );
    if (over > LIMIT_MIB) process.exitCode = 1;
  } finally {
    source.disconnect();
    await azurite.close();
    await rm(folder, { recursive: true, force: true });
  }
}
