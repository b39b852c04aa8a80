import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { leaveWithNpm } from '../leave-with-npm.ts';
import { verifyPackage } from '../verify/verify-package.ts';
import { fetchPackage } from './fetch-package.ts';
import { followCollection, sendAlert } from './follow-collection.ts';
import { showProgress } from './show-progress.ts';
import { type Everything, startEverything } from './start-everything.ts';

const { values } = parseArgs({
  options: { once: { type: 'boolean', default: false }, port: { type: 'string', default: '7071' } },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, '.local');
await mkdir(folder, { recursive: true });
/** A run has a folder of its own, so that two at a time do not meet. */
const runFolder = await mkdtemp(join(folder, 'run-'));
const progress = showProgress(Date.now());
const leaving = new AbortController();
const running: Everything[] = [];

async function showOneAlert(
  everything: Everything,
): Promise<{ readonly verdict: 'intact' | 'not intact'; readonly url: string }> {
  const [alertId = ''] = everything.alertIds;
  progress.say(`An alert fires: ${alertId}.`);
  const { id, url } = await sendAlert(everything.app.url, alertId);
  const ended = await followCollection(url, progress, leaving.signal);
  const packageFolder = join(folder, 'packages', id);
  const files = await fetchPackage(everything.storageConnection, id, packageFolder);
  const check = await verifyPackage(packageFolder);
  progress.stop();
  console.log('');
  console.log(`Status       ${ended.status}${ended.reason === null ? '' : ` (${ended.reason})`}`);
  console.log(`Package      ${packageFolder} (${files} files; in storage: container evidence, folder ${id})`);
  if (check.verdict === 'intact')
    console.log(
      `Verification intact: ${check.files} files agree with their manifests, ${check.custodyEntries} custody entries are one chain`,
    );
  else for (const fault of check.faults) console.log(`Verification FAILED: ${fault.path}: ${fault.what}`);
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
  if (!existsSync(join(root, 'dist/app.mjs')))
    throw new Error('dist/app.mjs is missing: run npm run build first, or npm start, which does.');
  const everything = await startEverything(runFolder, values.once ? 0 : Number(values.port), progress.say);
  running.push(everything);
  const shown = await showOneAlert(everything);
  if (values.once) return shown.verdict === 'intact' ? 0 : 1;
  sayHowToGoOn(everything, shown.url);
  await new Promise((resolve) => leaving.signal.addEventListener('abort', resolve, { once: true }));
  return 0;
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
  if (exitCode === 0 || exitCode === 130) await rm(runFolder, { recursive: true, force: true });
  else console.error(`What the app said is in ${join(runFolder, 'app.log')}.`);
}
process.exit(exitCode);
