/**
 * How fast a package is checked against `sha256sum` of the same folder, turn by turn, each in a process of its own:
 * `npm run bench:verify -- [--mib 1024] [--rounds 5]`. We read each file once and hash it three times (SHA-256, SHA-1
 * and MD5, as collection.json tells all three); sha256sum hashes once. The folder has a payload and its manifests but no
 * record and no custody log, so the check must end with its exit code 5 and name what is missing, and not the payload.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { generatedContent } from '../local/simulator/results/generated-content.ts';
import { writeBagInfo, writeBagit, writeManifest } from '../shared/domain/manifest.ts';

const { values } = parseArgs({
  options: { mib: { type: 'string', default: '1024' }, rounds: { type: 'string', default: '5' } },
});
const [mib, rounds] = [Number(values.mib), Number(values.rounds)];
if (![mib, rounds].every((number) => Number.isInteger(number) && number > 0))
  throw new Error('--mib and --rounds take whole numbers from 1.');

const PAYLOAD = 'data/0-1-getfile/content';
const folder = await mkdtemp(join(tmpdir(), 'bench-verify-'));
try {
  await makeFolder();
  const taken = { ours: [] as number[], sha256sum: [] as number[] };
  // The first round only brings the files into the page cache.
  for (let round = 0; round <= rounds; round += 1) {
    const sums = await run('sha256sum', ['--quiet', '-c', 'manifest-sha256.txt', 'tagmanifest-sha256.txt'], 0);
    const ours = await run(process.execPath, [join(import.meta.dirname, '../local/verify/main.ts'), folder], 5);
    if (ours.output.includes(PAYLOAD) || !ours.output.includes('collection.json'))
      throw new Error(`The check found something else than it should:\n${ours.output}`);
    if (round === 0) continue;
    taken.sha256sum.push(sums.seconds);
    taken.ours.push(ours.seconds);
  }
  const [ours, sums] = [mib / median(taken.ours), mib / median(taken.sha256sum)];
  console.log(`${mib} MiB, medians of ${rounds} rounds, at a load of ${loadavg()[0]?.toFixed(1)} on this computer`);
  console.log(`verify ${ours.toFixed(0)} MiB/s, sha256sum ${sums.toFixed(0)} MiB/s, ratio ${(ours / sums).toFixed(2)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Writes a payload of that length with its manifests. */
async function makeFolder(): Promise<void> {
  const bytes = mib * 1024 * 1024;
  const hash = createHash('sha256');
  await mkdir(dirname(join(folder, PAYLOAD)), { recursive: true });
  await pipeline(
    generatedContent(bytes, 'bench').read(0, bytes),
    async function* (pieces: AsyncIterable<Uint8Array>) {
      for await (const piece of pieces) {
        hash.update(piece);
        yield piece;
      }
    },
    createWriteStream(join(folder, PAYLOAD)),
  );
  const info = { baggingDate: '2026-01-01', externalIdentifier: 'bench', more: [] };
  const tags = {
    'bagit.txt': writeBagit(),
    'bag-info.txt': writeBagInfo({ ...info, payload: { bytes, files: 1 } }),
    'manifest-sha256.txt': writeManifest([{ path: PAYLOAD, sha256: hash.digest('hex') }]),
  };
  const entries = Object.entries(tags).map(([path, content]) => ({
    path,
    sha256: createHash('sha256').update(content).digest('hex'),
  }));
  for (const [path, content] of Object.entries({ ...tags, 'tagmanifest-sha256.txt': writeManifest(entries) }))
    await writeFile(join(folder, path), content);
}

/** Runs a command in the folder, whose exit code must be that one. */
async function run(command: string, args: readonly string[], exitCode: number) {
  const startedMs = performance.now();
  const child = spawn(command, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [output, code] = await Promise.all([text(child.stdout), ended]);
  if (code !== exitCode) throw new Error(`${command} ended with ${code}:\n${output}`);
  return { seconds: (performance.now() - startedMs) / 1000, output };
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
