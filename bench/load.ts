import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/**
 * How long the app takes to load: the deployed bundle against the same code with its packages left in node_modules,
 * turn by turn in one run, each in a fresh process. `npm run bench:load -- [runs]`.
 */
const runs = Number(process.argv[2] ?? 15);
const root = fileURLToPath(new URL('../', import.meta.url));
const folder = `${root}.local/bench`;
const settings = { StateStorage: 'UseDevelopmentStorage=true', EvidenceStorage: 'UseDevelopmentStorage=true' };

/** Times the import of one file in a process of its own, in ms. */
function timeImport(file: string | null): Promise<number> {
  const load = file === null ? '' : `await import(${JSON.stringify(file)});`;
  const code = `console.warn = () => {}; const at = performance.now(); ${load} process.stdout.write(String(performance.now() - at)); process.exit(0);`;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      env: { ...process.env, ...settings },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve(Number(said)) : reject(new Error(`Loading ${file} ended with code ${code}.`)),
    );
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await build({
  entryPoints: [`${root}functions/main.ts`],
  outfile: `${folder}/unbundled.mjs`,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  logLevel: 'warning',
});

const bundled: number[] = [];
const unbundled: number[] = [];
for (let run = 0; run <= runs; run += 1) {
  const pair = [await timeImport(`${root}dist/app.mjs`), await timeImport(`${folder}/unbundled.mjs`)] as const;
  if (run === 0) continue; // The first pair only warms the disk.
  bundled.push(pair[0]);
  unbundled.push(pair[1]);
}
const [one, other] = [median(bundled), median(unbundled)];
console.log(`bundle     ${one.toFixed(0)} ms (median of ${runs})`);
console.log(`unbundled  ${other.toFixed(0)} ms (median of ${runs})`);
console.log(`ratio      ${(one / other).toFixed(2)} (0.50 or less is wanted)`);
