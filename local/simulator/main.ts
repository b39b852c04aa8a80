import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { realClock } from './clock.ts';
import { defaultScenario } from './default-scenario.ts';
import { describeFile } from './describe-file.ts';
import { documentedLimits, halveLimits } from './limits.ts';
import { createManualClock } from './manual-clock.ts';
import { startSimulator } from './start-simulator.ts';

const options = {
  port: { type: 'string' },
  'link-port': { type: 'string' },
  'halve-limits': { type: 'boolean', default: false },
  'manual-clock': { type: 'boolean', default: false },
} as const;
const { values } = parseArgs({ options });
const port = readPort('port', values.port);
const linkPort = readPort('link-port', values['link-port']);
const folder = await mkdtemp(join(tmpdir(), 'defender-simulator-'));
const suspect = join(folder, 'suspect.sh');
await writeFile(suspect, '#!/bin/bash\necho "a harmless stand-in for a dropped file"\n');

const limits = values['halve-limits'] ? halveLimits(documentedLimits) : documentedLimits;
const scenario = defaultScenario({ files: [await describeFile(suspect)], limits });
const clock = values['manual-clock'] ? createManualClock(new Date().toISOString()) : realClock;
const simulator = await startSimulator({ scenario, folder, port, linkPort, clock });
console.log(`Defender for Endpoint API  ${simulator.apiUrl}`);
console.log(`Result links               ${simulator.linkOrigin}`);
console.log(`Admin                      ${simulator.apiUrl}/admin/calls, /admin/actions`);
console.log(`Access token               ${simulator.token}`);
for (const { entity } of scenario.alerts) console.log(`Alert                      ${entity.id}  ${entity.title}`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop());

async function stop(): Promise<void> {
  await simulator.close();
  await rm(folder, { recursive: true, force: true });
}

function readPort(option: string, text: string | undefined): number {
  const port = Number(text ?? 0);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`--${option} is ${text}, which is no port. Give a number from 0 (any free port) to 65535.`);
}
