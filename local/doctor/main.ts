import { randomUUID } from 'node:crypto';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { spellHidden } from '../../shared/domain/escape-html.ts';
import type { Environment } from '../../shared/settings.ts';
import { readLocalSettings } from '../host/read-local-settings.ts';
import { showProgress } from '../start/show-progress.ts';
import { openApp } from './canary/open-app.ts';
import { runCanary } from './canary/run-canary.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';
import { type DoctorOrder, readArguments } from './read-arguments.ts';

const USAGE = `Usage: npm run doctor
       npm run doctor -- --canary MACHINE [--app URL] [--profile ID] [--minutes N]

  (nothing)         checks settings, token, permissions, each API's answer, library, storage, immutability, signing key,
                    clocks and quotas, and says how to mend each fault; it runs nothing on any machine
  --canary MACHINE  has a running app collect from that machine (its id, or its name), and verifies the package
  --app URL         the app's address; else COLLECTOR_URL
  --profile ID      what to collect; else what any alert on the machine would bring
  --minutes N       how long it is followed (30); afterwards it goes on without being watched

Settings come from the environment, and where it has none from local.settings.json; the token for the app, whose holder
needs the role Operate, from COLLECTOR_TOKEN. Exit code 0: nothing is wrong; 6: something is; 2: nothing was checked.`;

const PROVED = `Proved: the app takes an order, Defender ran the reviewed scripts on the machine, their results were copied, hashed and
sealed, and the package that was fetched is the one that was signed. Not proved: that alerts arrive (deploy.md, step 8).`;

const LOCAL_SETTINGS = fileURLToPath(new URL('../../local.settings.json', import.meta.url));
const LOOK_EVERY_MS = 3_000;

process.exitCode = await main();

/** Prints a line for each check. */
async function main(): Promise<0 | 2 | 6> {
  const order = readArguments(argv.slice(2));
  switch (order.does) {
    case 'help':
      console.log(USAGE);
      return 0;
    case 'nothing':
      return refuse(`${order.why}\n\n${USAGE}`);
    case 'examine':
    case 'canary': {
      const settings = readGiven();
      if (settings === null) return 2;
      return order.does === 'examine' ? tell(await examine(settings)) : await sendCanary(order, settings);
    }
    default: {
      const unknown: never = order;
      throw new Error(`Unknown order ${JSON.stringify(unknown)}.`);
    }
  }
}

async function sendCanary(order: DoctorOrder & { readonly does: 'canary' }, settings: Environment): Promise<0 | 2 | 6> {
  const address = order.app ?? settings['COLLECTOR_URL'] ?? '';
  if (address === '') return refuse('Which app? Give its address by --app or COLLECTOR_URL.');
  const opened = openApp(address, settings['COLLECTOR_TOKEN'] || null);
  if (opened.outcome === 'wrong') return refuse(opened.why);
  const progress = showProgress(Date.now());
  const wanted = { machine: order.machine, profile: order.profile, key: `canary-${randomUUID()}` };
  const findings = await runCanary(opened.api, wanted, progress, { limitMs: order.limitMs, everyMs: LOOK_EVERY_MS });
  progress.stop();
  const code = tell(findings);
  if (findings.every(({ verdict }) => verdict === 'ok')) console.log(PROVED);
  return code;
}

function tell(findings: readonly Finding[]): 0 | 6 {
  for (const finding of findings) console.log(writeLine(finding));
  return findings.some(({ verdict }) => verdict === 'wrong') ? 6 : 0;
}

function refuse(why: string): 2 {
  console.error(spellLines(why));
  return 2;
}

/** The environment over local.settings.json, as the local host reads them; null when that file cannot be used. */
function readGiven(): Environment | null {
  try {
    return { ...readLocalSettings(LOCAL_SETTINGS), ...process.env };
  } catch (fault) {
    refuse(fault instanceof Error ? fault.message : String(fault));
    return null;
  }
}

function spellLines(text: string): string {
  return text.split('\n').map(spellHidden).join('\n');
}

/** One line; what comes from a tenant or from settings cannot write to the terminal. */
function writeLine({ verdict, check, found, fix }: Finding): string {
  const text = `${check}: ${found}${fix === null ? '' : ` Fix: ${fix}`}`;
  return `${verdict.padEnd(8)}${spellHidden(text.replace(/\s*\n\s*/g, ' '))}`;
}
