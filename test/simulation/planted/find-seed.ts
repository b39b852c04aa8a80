import { drawScenario } from '../draw-scenario.ts';
import { runScenario } from '../run-scenario.ts';

/** Runs seeds until something does not hold, and prints what, as one line of JSON. */
const most = Number(process.argv[2]);
for (let seed = 1; seed <= most; seed += 1) {
  const { violation } = await runScenario(drawScenario(String(seed)));
  if (violation === null) continue;
  process.stdout.write(`${JSON.stringify({ seeds: seed, ...violation })}\n`);
  process.exit(0);
}
process.stdout.write(`${JSON.stringify({ seeds: most, invariant: null })}\n`);
