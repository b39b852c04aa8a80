import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment, Settings } from './settings.ts';
import { readSettings } from './settings.ts';
import { openAnnouncer } from './open-announcer.ts';
import { connectStorage, type Storage } from './connect-storage.ts';
import { createDefenderClient, type DefenderClient } from './defender/client.ts';
import { CLOUDS } from './defender/clouds.ts';
import type { QuotaReadings } from './doors/quota-answer.ts';
import { openTokens } from './defender/open-tokens.ts';
import { digestBlob } from './evidence/digest-blob.ts';
import { announceDecay } from './domain/announcement.ts';
import type { Caller } from './domain/caller.ts';
import { openPackedFile } from './evidence/open-packed-file.ts';
import { type PassingFile, wrapInZip } from './evidence/wrap-in-zip.ts';
import { openPackages } from './evidence/packages.ts';
import { openSigning, type PublishedKey } from './evidence/signing.ts';
import { checkSignature } from './evidence/signing-check.ts';
import { parseTicket, removeTicket, writeTicket } from './evidence/tickets.ts';
import { explainFault } from './explain-fault.ts';
import { governCalls } from './govern-calls.ts';
import { keepKey } from './keep-key.ts';
import { openContent } from './open-content.ts';
import type { FixityPorts } from './pipeline/check-fixity-ports.ts';
import type { FindingPorts } from './pipeline/find-collections.ts';
import type { OpenFile } from './pipeline/open-evidence.ts';
import { type DiscoveryPort, OLDEST_MS } from './pipeline/discover-alerts.ts';
import type { LogLine, Ports } from './pipeline/ports.ts';
import { watchQuiet } from './pipeline/watch-quiet.ts';
import { createCollections } from './state/collections.ts';
import { createFixityRounds } from './state/fixity-rounds.ts';
import { createGovernor } from './state/governor.ts';
import { createLanes } from './state/lanes.ts';
import { createControl } from './state/control.ts';
import { createDailyCounts, type DailyCount } from './state/daily-counts.ts';
import { createTurn } from './state/turns.ts';
import { readServiceTime, type SharedRowParts } from './state/shared-row.ts';
import { createWatermark } from './state/watermark.ts';
import { createLedger, type Ledger } from './state/ledger.ts';
import { VERSION } from './version.ts';

/** The collector, put together: its settings, the pipeline's ports, and the small rows beside the collections. */
export interface Collector {
  readonly settings: Settings;
  readonly ports: Ports;
  /** What the check of old packages works with. */
  readonly fixity: FixityPorts;
  readonly ledger: Ledger;
  readonly storage: Storage;
  readonly discovery: DiscoveryPort;
  /** How every quota stands, by the service's clock. */
  readonly readQuotas: () => Promise<QuotaReadings>;
  /** The public keys by which the signatures of packages are checked; none where packages are not signed. */
  readonly listSigningKeys: () => Promise<readonly PublishedKey[]>;
  /** Counts alerts that a caller sent against what it may send in a day; an operator may send any number. */
  readonly countSubmission: (caller: Caller, alerts: number) => Promise<DailyCount>;
  /** Opens a file of a package. */
  readonly openFile: OpenFile;
  /** A file in an encrypted zip of its own, as it passes; the name is that of the file in it. */
  readonly wrapInZip: (file: PassingFile, name: string) => AsyncIterable<Uint8Array>;
  /** Collections that may be what is asked for, page by page. */
  readonly listCandidates: FindingPorts['listCandidates'];
  /** The tenant's alerts, for who asks what a profile would have cost. */
  readonly listAlerts: DefenderClient['listAlerts'];
  /** Ids of collections whose rows cannot be read. */
  readonly listSetAside: () => Promise<readonly string[]>;
}

/** Time, chance and where telemetry goes: `readServiceTime` reads the storage service's `Date` header, by which the quotas go. */
export interface World {
  readonly now: () => Date;
  readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
  readonly random: () => number;
  readonly readServiceTime: (dateHeader: string | null) => Date;
  readonly log: (line: LogLine) => void;
}

const REAL_WORLD: World = {
  now: () => new Date(),
  wait: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal });
  },
  random: Math.random,
  readServiceTime,
  log: writeLog,
};

/** Puts the collector together from the environment; throws one error that names every fault of the settings. */
export function compose(
  environment: Environment,
  world: World = REAL_WORLD,
): {
  readonly settings: Settings;
  readonly open: () => Promise<Collector>;
} {
  const settings = readSettings(environment);
  let opened: Promise<Collector> | null = null;
  const open = async () => {
    opened ??= openCollector(settings, world).catch((fault: unknown) => {
      opened = null;
      throw fault;
    });
    const collector = await opened;
    await collector.storage.ready();
    return collector;
  };
  return { settings, open };
}

async function openCollector(settings: Settings, world: World): Promise<Collector> {
  const storage = await connectStorage(settings.stateStorage, settings.evidenceStorage);
  const ledger = createLedger(storage.table);
  const collections = createCollections(storage.table);
  const { now, wait, random, log } = world;
  const shared: SharedRowParts = { table: storage.table, wait, random, readTime: world.readServiceTime };
  const tokens = openTokens(settings.defenderIdentity, settings.defenderScope, CLOUDS[settings.defenderCloud]);
  const startLimits = { startsPerMinute: settings.startsPerMinute, sessions: settings.sessions };
  const callLimits = { perMinute: settings.callsPerMinute, perHour: settings.callsPerHour };
  const governor = createGovernor(shared, startLimits);
  const calls = governCalls(shared, governor, { starts: startLimits, calls: callLimits });
  const signing = openSigning(keepKey(settings));
  const defender = createDefenderClient({
    baseUrl: settings.defenderApiUrl,
    tokens,
    now: () => now().getTime(),
    random,
    wait,
    admit: calls.admit,
    onThrottled: calls.holdBack,
    onCall: (call) => log({ event: 'defender call', ...call }),
  });
  const watermark = createWatermark(shared, 'discovered alerts', OLDEST_MS);
  const { severities = [], statuses = [] } = settings.discovery ?? {};
  const discovery: DiscoveryPort = {
    listAlerts: (window) => defender.listAlerts({ ...window, severities, statuses }),
    readWatermark: () => watermark.read(),
    moveWatermark: (upTo) => watermark.moveTo(upTo),
  };
  const ports: Ports = {
    now,
    wait,
    sha256: hashText,
    mode: settings.mode,
    tenantId: settings.defenderTenantId,
    version: VERSION,
    deadlineHours: settings.deadlineHours,
    pendingLimitMinutes: settings.pendingLimitMinutes,
    mergeMinutes: settings.mergeMinutes,
    callsPerHour: settings.callsPerHour,
    defender,
    collections,
    quiet: watchQuiet(collections, now),
    lanes: createLanes(shared),
    governor,
    lookUpRoom: calls.lookUpRoom,
    listing: createTurn(shared, 'list machine actions'),
    watching: createTurn(shared, 'watch library'),
    sweeping: createTurn(shared, 'sweep orphans'),
    control: createControl(storage.table),
    evidence: openPackages(storage, settings.resultLinkHosts),
    signing,
    tickets: {
      write: async (ticket) => {
        await writeTicket(storage.tickets, ticket);
      },
      remove: (ticket) => removeTicket(storage.tickets, ticket),
      read: parseTicket,
    },
    content: openContent(settings, now, log),
    announcer: openAnnouncer(settings, storage.table, defender, () => now().getTime()),
    explain: explainFault,
    log,
    beat: (at, counts) => ledger.beat(at, counts),
  };
  const submissions = createDailyCounts(shared);
  const countSubmission = async ({ id, standing }: Caller, alerts: number): Promise<DailyCount> =>
    standing === 'operator' ? { count: 'within' } : submissions.add(id, alerts, settings.submitDailyLimit);
  const { listKeys: listSigningKeys } = signing;
  const { listAlerts } = defender;
  const fixity: FixityPorts = {
    ...ports,
    ...createFixityRounds(shared),
    intervalDays: settings.fixityDays,
    digestFile: (collectionId, path) => digestBlob(storage.evidence, `${collectionId}/${path}`),
    checkSignature: async (jws, statement) => checkSignature(jws, statement, await listSigningKeys()),
    // The log line `evidence mismatch` is what alarms go by; the topic's subscribers are told besides.
    tellMismatch: (mismatch) => ports.announcer.publish(announceDecay(mismatch)),
  };
  const openFile: OpenFile = (collectionId, path) => openPackedFile(storage.evidence, collectionId, path);
  const { listSetAside, listCandidates } = collections;
  const more = {
    readQuotas: calls.read,
    listSigningKeys,
    countSubmission,
    listSetAside,
    listCandidates,
    listAlerts,
    openFile,
  };
  const wrapFile = (file: PassingFile, name: string) => wrapInZip(file, name, ports.now());
  return { settings, ports, fixity, ledger, storage, discovery, ...more, wrapInZip: wrapFile };
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** One structured line on standard output, which the platform takes to Application Insights. */
function writeLog(line: LogLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
