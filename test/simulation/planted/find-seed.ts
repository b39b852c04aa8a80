import { listStrikes, tryStrikes } from '../crash-points.ts';
import { drawScenario } from '../draw-scenario.ts';
import { DRILLS } from '../drills.ts';
import type { Violation } from '../invariants/witness.ts';
import { runScenario } from '../run-scenario.ts';
import { SMALL } from '../small-scenario.ts';

/** Runs what `npm test` runs, drills, seeds and single faults, until something does not hold, and prints what, as one line of JSON. */
const most = Number(process.argv[2]);

for (const { name, scenario } of DRILLS) {
  const { violation } = await runScenario(scenario);
  if (violation !== null) tell(`the drill '${name}'`, violation);
}
for (let seed = 1; seed <= most; seed += 1) {
  const { violation } = await runScenario(drawScenario(String(seed)));
  if (violation !== null) tell(`${seed} ${seed === 1 ? 'seed' : 'seeds'}`, violation);
}
for (const strike of await listStrikes(SMALL)) {
  const [failed] = await tryStrikes(SMALL, [[strike]]);
  if (failed !== undefined) tell(`'${strike.kind}' at ${strike.call} #${strike.nth}`, failed.violation);
}
process.stdout.write(`${JSON.stringify({ by: null, invariant: null })}\n`);

function tell(by: string, violation: Violation): never {
  process.stdout.write(`${JSON.stringify({ by, ...violation })}\n`);
  process.exit(0);
}
