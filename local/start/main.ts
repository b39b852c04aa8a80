import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { leaveWithNpm } from '../leave-with-npm.ts';
import { describeSignature } from '../verify/describe-signature.ts';
import { readKeys } from '../verify/read-pins.ts';
import { verifyPackage } from '../verify/verify-package.ts';
import { fetchPackage } from './fetch-package.ts';
import { followCollection, sendAlert } from './follow-collection.ts';
import { showProgress } from './show-progress.ts';
import { type Everything, startEverything } from './start-everything.ts';

const USAGE = `Usage: npm start [-- [--once] [--port N]]

  --once      leave after one alert, with exit code 0 if its package is whole
  --port N    the app listens on port N of 127.0.0.1; 0 takes a free one (default 7071, with --once a free one)`;

interface Arguments {
  readonly once: boolean;
  readonly port: number;
}

/** Reads the arguments; a wrong one is an error whose message says what is right. */
function readArguments(): Arguments | 'help' {
  const options = {
    once: { type: 'boolean', default: false },
    port: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  const { values } = parse(() => parseArgs({ options }));
  if (values.help) return 'help';
  const port = values.port ?? (values.once ? '0' : '7071');
  if (!/^\d+$/.test(port) || Number(port) > 65_535)
    throw new Error(`--port takes a number from 0 to 65535, not "${port}".\n\n${USAGE}`);
  return { once: values.once, port: Number(port) };
}

function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (fault) {
    throw new Error(`${fault instanceof Error ? fault.message : String(fault)}\n\n${USAGE}`);
  }
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, '.local');
const progress = showProgress(Date.now());
const leaving = new AbortController();
const running: Everything[] = [];
const runFolders: string[] = [];

async function showOneAlert(
  everything: Everything,
): Promise<{ readonly verdict: 'intact' | 'not intact'; readonly url: string }> {
  const [alertId = ''] = everything.alertIds;
  progress.say(`An alert fires: ${alertId}.`);
  const { id, url } = await sendAlert(everything.app.url, alertId);
  const ended = await followCollection(url, progress, leaving.signal);
  const packageFolder = join(folder, 'packages', id);
  const files = await fetchPackage(everything.storageConnection, id, packageFolder);
  const keys = await readKeys(await (await fetch(`${everything.app.url}/api/keys`)).text());
  const pins = keys.outcome === 'read' ? keys.pins : [];
  const check = await verifyPackage(packageFolder, { pins, collectionId: id });
  progress.stop();
  console.log('');
  console.log(`Status       ${ended.status}${ended.reason === null ? '' : ` (${ended.reason})`}`);
  console.log(`Package      ${packageFolder} (${files} files; in storage: container evidence, folder ${id})`);
  if (check.verdict === 'intact') {
    console.log(
      `Verification intact: ${check.files} files agree with their manifests, ${check.custodyEntries} custody entries are one chain`,
    );
    console.log(`Signature    ${describeSignature(check.signature)} (published at ${everything.app.url}/api/keys)`);
  } else for (const fault of check.faults) console.log(`Verification FAILED: ${fault.path}: ${fault.what}`);
  console.log(`             check it yourself: (cd ${packageFolder} && sha256sum -c manifest-sha256.txt)`);
  console.log(`Report       ${join(packageFolder, 'report.html')}`);
  return { verdict: check.verdict === 'intact' && ended.status === 'collected' ? 'intact' : 'not intact', url };
}

function sayHowToGoOn({ app, alertIds }: Everything, collectionUrl: string): void {
  const [, windows = '', bare = ''] = alertIds;
  const { url } = app;
  console.log(`
The app stays up at ${url}. The report as a page: ${collectionUrl}/report
Send another alert:
  curl -sS -X POST ${url}/api/alerts -H 'Content-Type: application/json' -d '{"alertId":"${windows}"}'
One without a machine, to see how that ends:
  curl -sS -X POST ${url}/api/alerts -H 'Content-Type: application/json' -d '{"alertId":"${bare}"}'
Look at what there is:
  curl -sS ${url}/api/collections
Press Ctrl+C to end everything.`);
}

async function main(): Promise<number> {
  const given = readArguments();
  if (given === 'help') {
    console.log(USAGE);
    return 0;
  }
  if (!existsSync(join(root, 'dist/app.mjs')))
    throw new Error('dist/app.mjs is missing: run npm run build first, or npm start, which does.');
  await mkdir(folder, { recursive: true });
  // A run has a folder of its own, so that two at a time do not meet.
  const runFolder = await mkdtemp(join(folder, 'run-'));
  runFolders.push(runFolder);
  const everything = await startEverything(runFolder, given.port, progress.say);
  running.push(everything);
  const shown = await showOneAlert(everything);
  if (given.once) return shown.verdict === 'intact' ? 0 : 1;
  sayHowToGoOn(everything, shown.url);
  await new Promise((resolve) => leaving.signal.addEventListener('abort', resolve, { once: true }));
  return 0;
}

/** A run that went well leaves only its package; of another one the log stays. */
async function clearAway(runFolder: string): Promise<void> {
  if (exitCode === 0 || exitCode === 130) await rm(runFolder, { recursive: true, force: true });
  else console.error(`What the app said is in ${join(runFolder, 'app.log')}.`);
}

const leave = () => leaving.abort();
// Under npm a Ctrl+C comes twice, from the terminal and from npm: the second must not cut the closing short.
process.on('SIGINT', leave).on('SIGTERM', leave);
leaveWithNpm(leave);
let exitCode = 1;
try {
  exitCode = await main();
} catch (fault) {
  if (leaving.signal.aborted) exitCode = 130;
  else console.error(fault instanceof Error ? fault.message : String(fault));
} finally {
  progress.stop();
  for (const everything of running) await everything.close();
  for (const runFolder of runFolders) await clearAway(runFolder);
}
process.exit(exitCode);
