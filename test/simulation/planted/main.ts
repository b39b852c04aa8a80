import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { PLANTED_BUGS, type PlantedBug } from './bugs.ts';

/** What a bug came to: by which invariant it was caught, and by what run. */
interface Caught {
  readonly by: string | null;
  readonly invariant: string | null;
  readonly what?: string;
}

const PLANT = fileURLToPath(new URL('plant.ts', import.meta.url));
const FIND = fileURLToPath(new URL('find-seed.ts', import.meta.url));
const MOST_SEEDS = process.argv[2] ?? '300';

/** Plants each bug in a process of its own and runs what `npm test` runs until it does not hold; exit code 1 if one is not caught. */
const waiting = [...PLANTED_BUGS];
const results: { readonly bug: PlantedBug; readonly caught: Caught }[] = [];
await Promise.all(
  Array.from({ length: availableParallelism() }, async () => {
    for (let bug = waiting.shift(); bug !== undefined; bug = waiting.shift()) {
      const caught = await tryBug(bug);
      results.push({ bug, caught });
      const verdict = caught.invariant === null ? 'NOT CAUGHT' : `caught by ${caught.invariant}`;
      process.stdout.write(
        `${verdict.padEnd(18)} ${bug.name}: ${caught.by ?? caught.what ?? `${MOST_SEEDS} seeds and each single fault`}\n`,
      );
    }
  }),
);
const missed = results.filter(({ caught }) => caught.invariant === null);
process.stdout.write(`${results.length - missed.length} of ${results.length} planted bugs were caught.\n`);
process.exitCode = missed.length === 0 ? 0 : 1;

/** What is thrown for a bug is a catch as well: the run did not come to its end. */
function tryBug(bug: PlantedBug): Promise<Caught> {
  const child = spawn(process.execPath, ['--import', PLANT, FIND, MOST_SEEDS], {
    env: { ...process.env, PLANTED_BUG: bug.name },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('exit', (code) => {
      const line = output.trim().split('\n').at(-1) ?? '';
      if (code === 0 && line.startsWith('{')) resolve(JSON.parse(line) as Caught);
      else resolve({ by: null, invariant: null, what: errors.slice(-300) });
    });
  });
}
