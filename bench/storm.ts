/**
 * A storm of alerts in virtual time: ours, the ideal schedule that the quotas allow, and the pattern of today's tools,
 * side by side. `npm run bench:storm -- [--alerts 1000] [--machines 400] [--seed 1] [--svg .local/storm.svg]`.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { drawPlot } from './storm/draw-plot.ts';
import { drawStorm, type StormSize } from './storm/draw-storm.ts';
import { measure } from './storm/figures.ts';
import { judgeGoals } from './storm/goals.ts';
import { scheduleIdeal, SHIPPED } from './storm/ideal-schedule.ts';
import { leastByArea } from './storm/least-by-area.ts';
import { formatMs, printTable } from './storm/print-table.ts';
import { runOurs } from './storm/run-ours.ts';
import { runTodaysPattern } from './storm/run-todays-pattern.ts';

const { values } = parseArgs({
  options: {
    alerts: { type: 'string', default: '1000' },
    machines: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    svg: { type: 'string', default: '.local/storm.svg' },
  },
});
const size: StormSize = {
  alerts: readCount('--alerts', values.alerts),
  machines: readCount('--machines', values.machines),
  seed: readCount('--seed', values.seed),
};

const beganMs = performance.now();
const storm = drawStorm(size);
const { outcome: ours } = await runOurs(storm);
const ideal = scheduleIdeal(storm);
const today = await runTodaysPattern(storm);
const took = ((performance.now() - beganMs) / 1000).toFixed(0);

const { sessions } = SHIPPED;
const title = `${size.alerts} alerts on ${size.machines} machines within 5 min, seed ${size.seed}`;
const [oursSeen, idealSeen] = [measure(storm, ours, sessions), measure(storm, ideal, sessions)];
console.log(`${title}; a tenth of the machines away. ${took} s of real time.\n`);
console.log(printTable([oursSeen, idealSeen, measure(storm, today, sessions)]));
console.log(
  `\nmakespan: the first alert to the end of the last session on a machine that answers from the beginning.` +
    `\nalert to session: until the machine takes the session up; of alerts on machines that answer from the beginning.` +
    `\nBy area alone, one session a machine and one try of each that is away, ${sessions} places need ` +
    `${formatMs(leastByArea(storm))}; the ideal has more sessions and tries to pay for.\n`,
);
const goals = judgeGoals(oursSeen, idealSeen);
for (const { wanted, seen, verdict } of goals) console.log(`${verdict.padEnd(6)} ${wanted}: ${seen}`);
if (goals.some(({ verdict }) => verdict === 'missed')) process.exitCode = 1;

await mkdir(dirname(values.svg), { recursive: true });
await writeFile(values.svg, drawPlot(title, [ours, ideal, today], sessions));
console.log(`\nplot: ${values.svg}`);

function readCount(flag: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new Error(`${flag} takes a whole number from 1, such as ${flag} 40.`);
}
