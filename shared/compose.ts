import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment, Settings } from './settings.ts';
import { readSettings } from './settings.ts';
import { connectStorage, type Storage } from './connect-storage.ts';
import { readLibrary } from './content/read-library.ts';
import { readProfiles } from './content/read-profiles.ts';
import { acquireTokens, holdToken, openCredential } from './defender/access-token.ts';
import { createDefenderClient } from './defender/client.ts';
import { copyFromLink } from './evidence/copy-from-link.ts';
import { makeLinkDispatcher } from './evidence/link-dispatcher.ts';
import { listPackage, readWhole } from './evidence/read-evidence.ts';
import { putOnce } from './evidence/put-once.ts';
import { parseTicket, removeTicket, writeTicket } from './evidence/tickets.ts';
import { explainFault } from './explain-fault.ts';
import type { EvidencePort, LogLine, Ports } from './pipeline/ports.ts';
import { createCollections } from './state/collections.ts';
import { createGovernor } from './state/governor.ts';
import { createLanes } from './state/lanes.ts';
import { createListingTurn } from './state/listing-turn.ts';
import { readServiceTime, type SharedRowParts } from './state/shared-row.ts';
import { createLedger, type Ledger } from './state/ledger.ts';
import { VERSION } from './version.ts';

/** The collector, put together: its settings, the pipeline's ports, and the small rows beside the collections. */
export interface Collector {
  readonly settings: Settings;
  readonly ports: Ports;
  readonly ledger: Ledger;
  readonly storage: Storage;
}

/** The largest result that is copied, in bytes: GetFile ends at 3 GB (Defender: live response limits), and a little room. */
const MAX_RESULT_BYTES = 4 * 1024 ** 3;
const MAX_TEXT_BYTES = 64 * 1024 ** 2;
const CONTENT = {
  profiles: new URL('../profiles/', import.meta.url),
  library: new URL('../library/', import.meta.url),
};

/** Puts the collector together from the environment; throws one error that names every fault of the settings. */
export function compose(environment: Environment): {
  readonly settings: Settings;
  readonly open: () => Promise<Collector>;
} {
  const settings = readSettings(environment);
  let opened: Promise<Collector> | null = null;
  const open = async () => {
    opened ??= openCollector(settings).catch((fault: unknown) => {
      opened = null;
      throw fault;
    });
    const collector = await opened;
    await collector.storage.ready();
    return collector;
  };
  return { settings, open };
}

async function openCollector(settings: Settings): Promise<Collector> {
  const storage = await connectStorage(settings.stateStorage, settings.evidenceStorage);
  const ledger = createLedger(storage.table);
  const collections = createCollections(storage.table, ({ id, receivedAt }) => ledger.noteReceived(id, receivedAt));
  const now = () => new Date();
  const shared: SharedRowParts = {
    table: storage.table,
    wait: (ms) => sleep(ms),
    random: Math.random,
    readTime: readServiceTime,
  };
  const tokens =
    settings.defenderAccessToken === null
      ? acquireTokens({ scope: settings.defenderScope, openCredential })
      : holdToken(settings.defenderAccessToken);
  const ports: Ports = {
    now,
    wait: (ms) => sleep(ms),
    sha256: hashText,
    mode: settings.mode,
    tenantId: settings.defenderTenantId,
    version: VERSION,
    deadlineHours: settings.deadlineHours,
    callsPerHour: 1_500,
    defender: createDefenderClient({
      baseUrl: settings.defenderApiUrl,
      tokens,
      onCall: (call) => writeLog({ event: 'defender call', ...call }),
    }),
    collections,
    lanes: createLanes(storage.table),
    governor: createGovernor(shared, { startsPerMinute: settings.startsPerMinute, sessions: settings.sessions }),
    listing: createListingTurn(shared),
    evidence: openEvidence(storage, settings.resultLinkHosts),
    tickets: {
      write: async (ticket) => {
        await writeTicket(storage.tickets, ticket);
      },
      remove: (ticket) => removeTicket(storage.tickets, ticket),
      read: parseTicket,
    },
    content: {
      profiles: once(() => readProfiles(CONTENT.profiles)),
      scripts: once(() => readLibrary(CONTENT.library)),
    },
    explain: explainFault,
    log: writeLog,
    beat: (at, counts) => ledger.beat(at, counts),
  };
  return { settings, ports, ledger, storage };
}

function openEvidence(storage: Storage, allowedHosts: readonly string[]): EvidencePort {
  const dispatcher = makeLinkDispatcher({ allowed: allowedHosts });
  const limits = { maxBytes: MAX_RESULT_BYTES, maxInsideBytes: 16 * 1024 ** 3, maxInsideRatio: 200 };
  return {
    async putText(collectionId, path, text) {
      const stored = await putOnce(
        storage.evidence,
        `${collectionId}/${path}`,
        new TextEncoder().encode(text),
        contentTypeOf(path),
      );
      return { text: new TextDecoder().decode(stored.content), bytes: stored.bytes, sha256: stored.sha256 };
    },
    async copyResult(collectionId, path, request) {
      const copied = await copyFromLink({
        container: storage.evidence,
        path: `${collectionId}/${path}`,
        ...request,
        allowedHosts,
        dispatcher,
        limits,
      });
      if (copied.outcome === 'no result' || copied.outcome === 'refused')
        return { outcome: copied.outcome, reason: copied.reason };
      return { outcome: 'stored', item: { ...copied.item, path }, head: copied.head };
    },
    async readText(collectionId, path) {
      const read = await readWhole(storage.evidence, `${collectionId}/${path}`, MAX_TEXT_BYTES);
      return read.outcome === 'read' ? new TextDecoder().decode(read.content) : null;
    },
    listFiles: (collectionId) => listPackage(storage.evidence, collectionId),
    async putCustodyLine(collectionId, { number, line }) {
      await putOnce(
        storage.custody,
        `${collectionId}/${number}.json`,
        new TextEncoder().encode(line),
        'application/json',
      );
    },
  };
}

function contentTypeOf(path: string): string {
  if (path.endsWith('.html')) return 'text/html; charset=utf-8';
  return path.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8';
}

function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((fault: unknown) => {
      made = null;
      throw fault;
    });
    return made;
  };
}

/** One structured line on standard output, which the platform takes to Application Insights. */
function writeLog(line: LogLine): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
