import { fetchPackage } from '../../local/start/fetch-package.ts';
import { checkActions, checkCalls } from './check-actions.ts';
import { checkAlerts, checkCustodyLogs } from './check-collections.ts';
import { findLeftovers, findSetAside } from './check-leftovers.ts';
import { checkLogs, readLogs } from './check-logs.ts';
import { checkPackages } from './check-packages.ts';
import { checkReceipts } from './check-receipts.ts';
import { type Figure, listFigures } from './figures.ts';
import type { Finding } from './finding.ts';
import { hashArchive, type Target } from './make-scenario.ts';
import { measureStarts, countFaults } from './measure-starts.ts';
import { readCollections } from './read-collections.ts';
import { readBlobs, readRows } from './read-storage.ts';
import type { Lived } from './lived.ts';
import type { World } from './start-world.ts';

/** What the checks found, and the run's figures. */
export interface Checked {
  readonly figures: readonly Figure[];
  readonly findings: readonly Finding[];
}

/** Asks the app for its receipts, ends it, and checks everything that it left: storage, Defender's actions and calls, packages and logs. */
export async function checkEverything(
  world: World,
  targets: readonly Target[],
  lived: Lived,
  folder: string,
): Promise<Checked> {
  const { storage, simulator, slots, writes, logFolder } = world;
  const receipts = await checkReceipts(lived.posted.acknowledged, slots.first.url());
  await slots.first.close();
  const rows = await readRows(storage.connectionString);
  const collections = readCollections(rows);
  const blobs = await readBlobs(storage.connectionString);
  const actions = simulator.actions();
  const calls = simulator.calls();
  const logs = await readLogs(logFolder);
  const packages = await checkPackages(collections, {
    folder,
    fetchInto: (id, own) => fetchPackage(storage.connectionString, id, own),
    archives: await hashArchives(targets),
  });
  const secrets = {
    'the access token': simulator.token,
    'the storage key': /AccountKey=([^;]+)/.exec(storage.connectionString)?.[1] ?? '',
    'the address of result links': simulator.linkOrigin,
  };
  const findings = [
    ...lived.findings,
    ...receipts,
    ...checkAlerts(lived.posted.acknowledged, collections),
    ...checkActions(actions, collections),
    ...checkCalls(calls),
    ...checkCustodyLogs(collections, blobs.custodyLines),
    ...packages.findings,
    ...findLeftovers({ rows, tickets: blobs.tickets, actions }),
    ...findSetAside(rows, blobs.poisoned),
    ...writes.findOverwritten(blobs.evidence),
    ...checkLogs(logs, secrets),
  ];
  const figures = listFigures({
    lived,
    appStarts: slots.first.starts() + slots.second.starts(),
    collections,
    actions: actions.length,
    calls: calls.length,
    starts: measureStarts(collections, logs),
    packages,
    writes: writes.counts(),
    faults: countFaults(logs),
  });
  return { figures, findings };
}

async function hashArchives(targets: readonly Target[]): Promise<ReadonlyMap<string, string>> {
  const hashes = new Map<string, string>();
  for (const target of targets) hashes.set(target.machineId, await hashArchive(target));
  return hashes;
}
