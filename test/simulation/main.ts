import { parseArgs } from 'node:util';
import { drawScenario } from './draw-scenario.ts';
import { runScenario } from './run-scenario.ts';
import { shrink } from './shrink.ts';

const USAGE = `npm run simulate -- [--seeds N] [--from S]   runs N seeds (1,000) from S (1) on; a failing one is printed with its shortest trace
npm run simulate -- --seed X                runs one seed and prints its trace`;

/** Runs seeds one after the other, as long as one likes; exit code 1 at the first that fails, 2 for a wrong argument. */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { seeds: { type: 'string' }, from: { type: 'string' }, seed: { type: 'string' } },
  });
  if (values.seed !== undefined) return replay(values.seed);
  const seeds = Number(values.seeds ?? 1_000);
  const from = Number(values.from ?? 1);
  if (!Number.isInteger(seeds) || !Number.isInteger(from) || seeds < 1) {
    process.stderr.write(`--seeds and --from take whole numbers.\n${USAGE}\n`);
    return 2;
  }
  const startedMs = Date.now();
  for (let seed = from; seed < from + seeds; seed += 1) {
    const { violation } = await runScenario(drawScenario(String(seed)));
    if (violation !== null) return tellFailure(String(seed));
    showProgress(seed - from + 1, seeds, startedMs);
  }
  process.stdout.write(`${seeds} seeds from ${from} on held, in ${seconds(startedMs)} s.\n`);
  return 0;
}

async function replay(seed: string): Promise<number> {
  const { violation, trace, figures } = await runScenario(drawScenario(seed), { trace: 'kept' });
  process.stdout.write(`${trace.join('\n')}\n${JSON.stringify(figures)}\n`);
  process.stdout.write(violation === null ? `Seed ${seed} holds.\n` : `${violation.invariant}: ${violation.what}\n`);
  return violation === null ? 0 : 1;
}

async function tellFailure(seed: string): Promise<number> {
  process.stdout.write(`\nSeed ${seed} fails; its shortest trace is looked for.\n`);
  const { scenario, outcome } = await shrink(drawScenario(seed));
  process.stdout.write(`${outcome.trace.join('\n')}\n`);
  process.stdout.write(`${outcome.violation?.invariant}: ${outcome.violation?.what}\n`);
  process.stdout.write(
    `Faults that it takes: ${JSON.stringify(scenario.strikes)} ${JSON.stringify(scenario.episodes)}\n`,
  );
  process.stdout.write(`Again: npm run simulate -- --seed ${seed}\n`);
  return 1;
}

function showProgress(done: number, seeds: number, startedMs: number): void {
  const line = `${done} of ${seeds} seeds held, ${(done / Math.max(1, (Date.now() - startedMs) / 1000)).toFixed(1)} a second`;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}${done === seeds ? '\n' : ''}`);
  else if (done % 100 === 0) process.stdout.write(`${line}\n`);
}

function seconds(sinceMs: number): string {
  return ((Date.now() - sinceMs) / 1000).toFixed(1);
}

process.exitCode = await main();
