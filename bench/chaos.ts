/** Kills the app with SIGKILL again and again while alerts come in, and checks that nothing is lost, run twice or left over: `npm run chaos`. */
import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { leaveWithNpm } from '../local/leave-with-npm.ts';
import { showProgress } from '../local/start/show-progress.ts';
import { formatFigures } from './chaos/figures.ts';
import { readArguments } from './chaos/read-arguments.ts';
import { runChaos } from './chaos/run-chaos.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const leaving = new AbortController();
const progress = showProgress(Date.now());

async function main(): Promise<0 | 1> {
  const given = readArguments(process.argv.slice(2), randomInt(2 ** 32));
  if (given.ask === 'help') {
    console.log(given.usage);
    return 0;
  }
  if (!existsSync(`${root}dist/app.mjs`))
    throw new Error('dist/app.mjs is missing: run npm run build first, or npm run chaos, which does.');
  const { seed, kills, alerts, minutes } = given;
  const keepIn = `${root}.local/chaos-${seed}`;
  const { figures, findings, kept } = await runChaos(
    { seed, kills, alerts, minutes, keepIn },
    progress,
    leaving.signal,
  );
  progress.stop();
  console.log('');
  for (const line of formatFigures([['seed', String(seed)], ...figures])) console.log(line);
  console.log('');
  if (kept === null) {
    console.log('Nothing was lost, run twice, overwritten or left over.');
    return 0;
  }
  for (const { what, where } of findings) console.log(`WRONG  ${where}: ${what}`);
  console.log(
    `\n${findings.length} findings. Logs, rows, calls and kills are in ${kept}; again: npm run chaos -- --seed ${seed} --kills ${kills} --alerts ${alerts}`,
  );
  return 1;
}

const leave = () => leaving.abort();
// Under npm a Ctrl+C comes twice, from the terminal and from npm: the second must not cut the closing short.
process.on('SIGINT', leave).on('SIGTERM', leave);
leaveWithNpm(leave);
try {
  process.exitCode = await main();
} catch (fault) {
  progress.stop();
  process.exitCode = leaving.signal.aborted ? 130 : 1;
  if (!leaving.signal.aborted) console.error(fault instanceof Error ? fault.message : String(fault));
}
process.exit();
