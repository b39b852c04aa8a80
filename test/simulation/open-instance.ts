import { createHash } from 'node:crypto';
import { explainFault } from '../../shared/explain-fault.ts';
import { openPackages } from '../../shared/evidence/packages.ts';
import { parseTicket, removeTicket, writeTicket } from '../../shared/evidence/tickets.ts';
import type { EvidencePort, LogLine, Ports } from '../../shared/pipeline/ports.ts';
import { watchQuiet } from '../../shared/pipeline/watch-quiet.ts';
import { createCallQuotas } from '../../shared/state/call-quotas.ts';
import { createCollections } from '../../shared/state/collections.ts';
import { createControl } from '../../shared/state/control.ts';
import { createGovernor } from '../../shared/state/governor.ts';
import { createLanes } from '../../shared/state/lanes.ts';
import { createLedger, type Ledger } from '../../shared/state/ledger.ts';
import { readServiceTime } from '../../shared/state/shared-row.ts';
import { createTurn } from '../../shared/state/turns.ts';
import { rememberAnnouncements } from '../memory/memory-announcements.ts';
import type { MemoryBlobs } from '../memory/memory-blobs.ts';
import type { MemoryRows } from '../memory/memory-rows.ts';
import { content } from './content.ts';
import type { Chance } from './chance.ts';
import { copyResultFrom } from './copy-result-from.ts';
import { askDefender, type Hearer } from './ask-defender.ts';
import type { PlayedDefender } from './defender/play-defender.ts';
import type { ScenarioSettings } from './scenario.ts';
import { signOverWire } from './sign-on-the-wire.ts';
import { type BlobsOf, callBlobs, callTable } from './storage-calls.ts';
import type { Life, Wire } from './wire.ts';

/** What all instances share: the stores and Defender. */
export interface Shared {
  readonly rows: MemoryRows;
  readonly tickets: MemoryBlobs;
  readonly evidence: MemoryBlobs;
  readonly custody: MemoryBlobs;
  readonly defender: PlayedDefender;
}

/** What one life of an instance is put together from. */
export interface InstanceParts {
  readonly shared: Shared;
  readonly wire: Wire;
  readonly life: Life;
  readonly chance: Chance;
  readonly settings: ScenarioSettings;
  /** The instance's own clock. */
  readonly now: () => Date;
  /** The services' clock. */
  readonly serviceNow: () => Date;
  /** Of the downloads of results that share is cut or lies now. */
  readonly badDownloads: () => number;
  readonly hears: Hearer;
  readonly log: (line: LogLine) => void;
}

/** An instance as its triggers see it. */
export interface Instance {
  readonly ports: Ports;
  readonly ledger: Ledger;
}

const CALL_LIMITS = { perMinute: 100, perHour: 1_500 };

/** Puts an instance together as the product does, with the real adapters on what is in memory, each call on the wire. */
export function openInstance(parts: InstanceParts): Instance {
  const { shared, wire, life, chance, settings, now, serviceNow } = parts;
  const wait = (ms: number) => wire.wait(life, ms);
  const table = callTable(parts, shared.rows, serviceNow);
  const open = (service: BlobsOf) => callBlobs(parts, service, shared[service]);
  const tickets = open('tickets');
  const evidence = open('evidence');
  const row = { table, wait, random: () => chance.next(), readTime: readServiceTime, now };
  const ledger = createLedger(table);
  const quotas = createCallQuotas(row, CALL_LIMITS);
  const packages: EvidencePort = openPackages({ evidence, custody: open('custody') }, ['.blob.core.windows.net']);
  const collections = createCollections(table);
  const ports: Ports = {
    now,
    wait,
    sha256: (text) => createHash('sha256').update(text).digest('hex'),
    mode: settings.mode,
    tenantId: null,
    // Every start of an instance may be that of another version.
    version: `0.0.${life.instance}${life.number}-simulated`,
    deadlineHours: settings.deadlineHours,
    pendingLimitMinutes: settings.pendingLimitMinutes,
    mergeMinutes: settings.mergeMinutes,
    callsPerHour: CALL_LIMITS.perHour,
    lookUpRoom: async () => {
      const rooms = await Promise.all(['alert', 'machine', 'alert files'].map((name) => quotas.read(name)));
      return rooms.some(({ room }) => room.usedInHour >= CALL_LIMITS.perHour * 0.8) ? 'for critical ones' : 'for any';
    },
    defender: askDefender(
      { wire, life, quotas, hears: parts.hears, elapsed: () => serviceNow().getTime() },
      shared.defender,
    ),
    collections,
    quiet: watchQuiet(collections, now),
    lanes: createLanes(row),
    governor: createGovernor(row, { startsPerMinute: settings.startsPerMinute, sessions: settings.sessions }),
    listing: createTurn(row, 'list machine actions'),
    watching: createTurn(row, 'watch library'),
    sweeping: createTurn(row, 'sweep orphans'),
    control: createControl(table),
    evidence: { ...packages, copyResult: copyResultFrom(parts, evidence, shared.defender) },
    signing: signOverWire({ wire, life }),
    tickets: {
      write: async (ticket) => {
        await writeTicket(tickets, ticket);
      },
      remove: (ticket) => removeTicket(tickets, ticket),
      read: parseTicket,
    },
    content,
    announcer: { events: 'not published', comments: 'not written', ...rememberAnnouncements() },
    explain: explainFault,
    log: parts.log,
    beat: (at, counts) => ledger.beat(at, counts),
  };
  return { ports, ledger };
}
