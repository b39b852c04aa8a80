/**
 * How fast we copy a result, and with how much memory, against the SDK's own stream without a hash and against a download
 * into memory that is uploaded from there: turn by turn, each copy in a process of its own, into an emulator on disk that
 * is new for each copy. `npm run bench:copy -- [--mib 16,256,3072] [--rounds 3] [--quick]`.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { freemem, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { BlobServiceClient } from '@azure/storage-blob';
import { startAzurite } from '../local/storage/start-azurite.ts';
import type { CopyOrder, CopyTaken } from './copy-way.ts';

const MIB = 1024 * 1024;
/** What our copy may take over the idle process, and how fast it is at least, as a share of the SDK's stream. */
const MOST_OVER_IDLE_MIB = 128;
const LEAST_RATIO = 0.8;
/** What a whole download is seen to take, times its size; where less is free it is left out. */
const WHOLE_TAKES = 4;

const { values } = parseArgs({
  options: { mib: { type: 'string' }, rounds: { type: 'string', default: '3' }, quick: { type: 'boolean' } },
});
const sizes = (values.mib ?? (values.quick ? '16,64' : '16,256,3072')).split(',').map(Number);
const rounds = Number(values.rounds);
if ([...sizes, rounds].some((number) => !Number.isInteger(number) || number < 1)) {
  throw new Error('--mib takes sizes in MiB such as 16,256 and --rounds a number, all whole and from 1.');
}

type Source = { process: ChildProcess; link: string; bytes: number };
type Contender = { name: string; way: CopyOrder['way']; content: 'plain' | 'gzip' };
type Row = Contender & { taken: CopyTaken[] };

const CONTENDERS: readonly Contender[] = [
  { name: 'ours', way: 'ours', content: 'plain' },
  { name: 'SDK stream, no hash', way: 'stream', content: 'plain' },
  { name: 'whole in memory', way: 'whole', content: 'plain' },
  { name: 'ours, a gzip', way: 'ours', content: 'gzip' },
];

for (const mib of sizes) await compare(mib);

async function compare(mib: number): Promise<void> {
  const sources = { plain: await startSource(mib, []), gzip: await startSource(mib, ['--gzip']) };
  const hasRoom = freemem() > WHOLE_TAKES * mib * MIB;
  if (!hasRoom) console.log(`\nToo little memory is free to hold ${mib} MiB whole: that way is left out.`);
  const rows = CONTENDERS.filter(({ way }) => way !== 'whole' || hasRoom).map((row): Row => ({ ...row, taken: [] }));
  try {
    for (let round = 0; round < rounds; round += 1) {
      // Each round begins with another way, so that none is always the first or the last.
      for (const turn of rows.keys()) {
        const row = rows[(turn + round) % rows.length];
        if (row !== undefined) row.taken.push(await copyOnce(row.way, sources[row.content]));
      }
    }
  } finally {
    for (const source of Object.values(sources)) source.process.disconnect();
  }
  report(mib, rows);
}

async function startSource(mib: number, flags: readonly string[]): Promise<Source> {
  const child = fork(join(import.meta.dirname, 'copy-source.ts'), ['--mib', `${mib}`, ...flags]);
  const [{ link, bytes }] = (await once(child, 'message')) as [Source]; // Its only message.
  return { process: child, link, bytes };
}

async function copyOnce(way: CopyOrder['way'], { link, bytes }: Source): Promise<CopyTaken> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-copy-'));
  const { connectionString, close } = await startAzurite({ folder });
  try {
    const child = fork(join(import.meta.dirname, 'copy-way.ts'));
    const order: CopyOrder = { way, link, connectionString };
    child.send(order);
    const ended = once(child, 'exit').then(() =>
      Promise.reject(new Error(`The copy (${way}) ended without an answer.`)),
    );
    const [taken] = (await Promise.race([once(child, 'message'), ended])) as [CopyTaken]; // Its only message.
    const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('evidence');
    for await (const blob of container.listBlobsFlat()) {
      if (blob.properties.contentLength !== bytes) throw new Error(`The copy (${way}) is not as long as its source.`);
    }
    await ended.catch(() => undefined);
    return taken;
  } finally {
    await close();
    await rm(folder, { recursive: true, force: true });
  }
}

function report(mib: number, rows: readonly Row[]): void {
  const speedOf = ({ taken }: Row) => mib / median(taken.map(({ seconds }) => seconds));
  const streamSpeed = Math.max(...rows.filter(({ way }) => way === 'stream').map(speedOf));
  console.log(`\n${mib} MiB, medians of ${rounds} rounds, at a load of ${loadavg()[0]?.toFixed(1)} on this computer`);
  console.log(`${'way'.padEnd(22)}${'MiB/s'.padStart(8)}${'to stream'.padStart(11)}${'most over idle'.padStart(17)}`);
  for (const row of rows) {
    const speed = speedOf(row);
    const ratio = speed / streamSpeed;
    const overIdleMib = Math.max(...row.taken.map(({ overIdleBytes }) => overIdleBytes)) / MIB;
    const memory = Number.isNaN(overIdleMib) ? 'unknown' : `${overIdleMib.toFixed(0)} MiB`;
    console.log(
      `${row.name.padEnd(22)}${speed.toFixed(0).padStart(8)}${ratio.toFixed(2).padStart(11)}${memory.padStart(17)}`,
    );
    if (row.way !== 'ours') continue;
    if (overIdleMib > MOST_OVER_IDLE_MIB) miss(`${row.name} took more than ${MOST_OVER_IDLE_MIB} MiB over idle`);
    // So short a run on a computer that does other things tells nothing of speed.
    if (ratio < LEAST_RATIO && row.content === 'plain' && !values.quick)
      miss(`${row.name} came to less than ${LEAST_RATIO} of the stream`);
  }
}

function miss(what: string): void {
  console.log(`Goal missed: ${what}.`);
  process.exitCode = 1;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
