import { createHash } from 'node:crypto';
import type { Collection, CollectionIn, PackedDocument } from '../../../shared/domain/collection.ts';
import type { CollectionEvent } from '../../../shared/domain/collection-event.ts';
import { chainFacts, NO_CUSTODY } from '../../../shared/domain/custody.ts';
import type { RelatedFile } from '../../../shared/domain/alert.ts';
import { encodeRequest } from '../../../shared/domain/script-request.ts';
import type { ScriptTestimony, TestifiedFile } from '../../../shared/domain/script-testimony.ts';
import type { PackedWords } from '../../../shared/domain/testimony.ts';
import type { MachineAction } from '../../../shared/domain/machine-action.ts';
import type { Plan } from '../../../shared/domain/plan.ts';
import type { EvidenceItem, ScriptReport } from '../../../shared/domain/result.ts';
import { transition } from '../../../shared/domain/transition.ts';

export const COLLECTION_ID = '5f0c1d2e3a4b5c6d7e8f90a1b2c3d4e5';
export const MACHINE_ID = '111e6dd8c833c8a052ea231ec1b19adaf497b625';
export const ALERT_ID = 'da637472900382838869_1364969609';
export const ARCHIVE_PATH = `C:\\Windows\\Temp\\evidence-collector-${COLLECTION_ID}-0\\evidence.zip`;

/** SHA-256 of text or bytes, hex. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The hashes of some bytes as an evidence item has them. */
export function hashesOf(content: string | Uint8Array) {
  const digest = (algorithm: string) => createHash(algorithm).update(content).digest('hex');
  return { bytes: Buffer.from(content).length, sha256: digest('sha256'), sha1: digest('sha1'), md5: digest('md5') };
}

/** A plan of one session: a script, and the archive that it makes. */
export const PLAN: Plan = {
  profileId: 'windows-triage',
  profileTitle: 'Windows triage',
  profileSha256: 'a'.repeat(64),
  scripts: [{ name: 'Evidence-Triage.ps1', sha256: 'b'.repeat(64) }],
  sessions: [
    {
      commands: [
        { type: 'RunScript', scriptName: 'Evidence-Triage.ps1', args: 'eyJ2IjoxfQ' },
        { type: 'GetFile', path: ARCHIVE_PATH, madeBy: 0 },
      ],
    },
  ],
  filesNotRequested: 0,
};

export const DOCUMENTS: readonly PackedDocument[] = [
  { path: 'data/alert/alert.json', bytes: 14, sha256: sha256('{"id":"alert"}') },
  { path: 'data/alert/plan.json', bytes: 13, sha256: sha256('{"id":"plan"}') },
];

export const REPORT: ScriptReport = {
  exitCode: 0,
  answer: 'ok',
  reason: null,
  archiveSha256: 'c'.repeat(64),
  archiveBytes: 5_242_880,
};

/** A transcript and an archive as they might be stored, the archive's content being what the machine reported. */
export const TRANSCRIPT: EvidenceItem = {
  path: 'data/0-0-runscript/transcript.json',
  bytes: 2048,
  sha256: '1'.repeat(64),
  sha1: '2'.repeat(40),
  md5: '3'.repeat(32),
  inside: null,
  report: REPORT,
  storedAt: '2026-03-02T03:18:21.100Z',
};
export const ARCHIVE: EvidenceItem = {
  path: 'data/0-1-getfile/content',
  bytes: 5_000_000,
  sha256: '4'.repeat(64),
  sha1: '5'.repeat(40),
  md5: '6'.repeat(32),
  inside: { bytes: 5_242_880, sha256: 'c'.repeat(64), sha1: '7'.repeat(40), md5: '8'.repeat(32) },
  report: null,
  storedAt: '2026-03-02T03:18:24.900Z',
};

/** The machine action of a session as Defender reports it. */
export function action(
  session: number,
  status: MachineAction['status'],
  commands: readonly (readonly [MachineAction['commands'][number]['status'], string, ...string[]])[],
): MachineAction {
  return {
    id: `c141bb71-8125-4234-a184-00000000000${session}`,
    status,
    machineId: MACHINE_ID,
    comment: `Evidence Collector ${COLLECTION_ID}/${session}/1`,
    requestor: 'Evidence Collector',
    requestSource: 'PublicApi',
    createdAt: '2026-03-02T03:14:12Z',
    commands: commands.map(([commandStatus, type, ...errors], index) => ({
      index,
      status: commandStatus,
      startedAt: null,
      endedAt: null,
      errors,
      type,
      parameters: {},
    })),
  };
}

/** Looked up: the alert and machine of these tests, with a plan. */
export function lookedUp(
  plan: Plan,
  title: string,
  documents = DOCUMENTS,
  machineName = 'pc-0042.contoso.example',
): CollectionEvent {
  return {
    type: 'looked up',
    alert: {
      id: ALERT_ID,
      incidentId: '1126093',
      tenantId: 'a839b112-1253-6432-9bf6-94542403f21c',
      machineId: MACHINE_ID,
      severity: 'High',
      title,
      category: 'Execution',
      detectionSource: 'WindowsDefenderAtp',
      createdAt: '2026-03-02T03:13:57Z',
      files: [],
    },
    machine: {
      id: MACHINE_ID,
      name: machineName,
      osPlatform: 'Windows11',
      operatingSystem: 'windows',
      tags: [],
      group: null,
      healthStatus: 'Active',
      mergedInto: null,
    },
    plan,
    documents,
  };
}

const RECEIVED: Collection = {
  id: COLLECTION_ID,
  alertId: ALERT_ID,
  incidentId: null,
  tenantId: null,
  machineId: MACHINE_ID,
  machineName: null,
  severity: 'High',
  title: null,
  receivedAt: '2026-03-02T03:14:07.000Z',
  receivedFrom: 'POST /api/alerts',
  deadline: '2026-03-05T03:14:07.000Z',
  notBefore: '2026-03-02T03:14:07.000Z',
  tries: 0,
  lostAttempts: [],
  reason: null,
  custody: NO_CUSTODY,
  documents: [],
  results: [],
  retryOf: null,
  calledOff: null,
  silence: null,
  united: [],
  pretenders: [],
  asked: null,
  status: 'received',
};

/** Takes a received collection through events by the state machine itself, and gives what its custody log then holds. */
function live(events: readonly (readonly [at: string, event: CollectionEvent])[]): {
  collection: Collection;
  custody: string[];
} {
  const receipt = { event: 'received', actor: 'POST /api/alerts', detail: { alert: ALERT_ID, machine: MACHINE_ID } };
  const opened = chainFacts(NO_CUSTODY, [receipt], RECEIVED.receivedAt, sha256);
  let collection: Collection = { ...RECEIVED, custody: opened.head };
  const custody = opened.lines.map(({ line }) => line);
  for (const [at, event] of events) {
    const step = transition(collection, event, at);
    const chained = chainFacts(collection.custody, step.facts, at, sha256);
    collection = { ...step.collection, custody: chained.head };
    custody.push(...chained.lines.map(({ line }) => line));
  }
  return { collection, custody };
}

/** The same for a collection that is to end up sealing. */
export function liveToSeal(events: readonly (readonly [at: string, event: CollectionEvent])[]): {
  collection: CollectionIn<'sealing'>;
  custody: string[];
} {
  const { collection, custody } = live(events);
  if (collection.status !== 'sealing') throw new Error(`It is ${collection.status}, not sealing.`);
  return { collection, custody };
}

/** A collection that went well: script and archive stored, the manifest written. */
export function liveWell(
  options: {
    plan?: Plan;
    title?: string;
    documents?: readonly PackedDocument[];
    items?: readonly EvidenceItem[];
    manifestSha256?: string;
    machineName?: string;
  } = {},
) {
  const {
    plan = PLAN,
    title = 'Suspicious PowerShell download',
    documents = DOCUMENTS,
    items = [TRANSCRIPT, ARCHIVE],
  } = options;
  const commands = plan.sessions[0]?.commands ?? [];
  return liveToSeal([
    ['2026-03-02T03:14:09.400Z', lookedUp(plan, title, documents, options.machineName)],
    ['2026-03-02T03:14:09.500Z', { type: 'starting', session: 0, attempt: 1 }],
    [
      '2026-03-02T03:14:12.000Z',
      {
        type: 'started',
        action: action(
          0,
          'Pending',
          commands.map(({ type }) => ['Created', type]),
        ),
      },
    ],
    [
      '2026-03-02T03:16:10.000Z',
      {
        type: 'action seen',
        action: action(
          0,
          'InProgress',
          commands.map(({ type }) => ['Created', type]),
        ),
      },
    ],
    [
      '2026-03-02T03:18:20.000Z',
      {
        type: 'action seen',
        action: action(
          0,
          'Succeeded',
          commands.map(({ type }) => ['Completed', type]),
        ),
      },
    ],
    ...items.map((item, index): readonly [string, CollectionEvent] => [
      item.storedAt,
      { type: 'result stored', session: 0, index, item },
    ]),
    ['2026-03-02T03:18:25.600Z', { type: 'manifest written', sha256: options.manifestSha256 ?? 'e'.repeat(64) }],
  ]);
}

/** What the machine of these tests said of the alert's files, and what the alert says of them. */
export const FILES: readonly RelatedFile[] = [
  { path: 'C:\\Users\\mia\\dropper.exe', sha256: 'd'.repeat(64), sha1: 'a'.repeat(40), md5: null, sizeBytes: 70_144 },
  { path: 'C:\\Windows\\Temp\\swapped.dll', sha256: 'e'.repeat(64), sha1: null, md5: null, sizeBytes: null },
  { path: 'C:\\Users\\mia\\gone.ps1', sha256: '9'.repeat(64), sha1: null, md5: null, sizeBytes: 12 },
  { path: 'C:\\Users\\mia\\nohash.js', sha256: null, sha1: 'b'.repeat(40), md5: null, sizeBytes: null },
  { path: null, sha256: '7'.repeat(64), sha1: null, md5: null, sizeBytes: 5 },
];

const TOLD: readonly TestifiedFile[] = [
  { path: 'C:\\Users\\mia\\dropper.exe', status: 'collected', sha256: 'd'.repeat(64), bytes: 70_144 },
  { path: 'C:\\Windows\\Temp\\swapped.dll', status: 'collected', sha256: '0'.repeat(64), bytes: 9 },
  { path: 'C:\\Users\\mia\\gone.ps1', status: 'absent', sha256: null, bytes: null },
  { path: 'C:\\Users\\mia\\nohash.js', status: 'too large', sha256: '6'.repeat(64), bytes: 9_000_000_000 },
];

/** An answer as a script gives it, with nothing strange about it. */
export const SAID: ScriptTestimony = {
  scriptSha256: 'b'.repeat(64),
  machineUtc: '2026-03-02T03:18:10Z',
  bootAt: '2026-02-27T06:00:00Z',
  startedAt: '2026-03-02T03:16:11Z',
  endedAt: '2026-03-02T03:18:10Z',
  zone: 'W. Europe Standard Time',
  archivePath: ARCHIVE_PATH,
  archiveBytes: 5_242_880,
  items: 122,
  errors: 4,
  files: TOLD,
};

/** What the files of a package say of it: the alert's own words, and one script's answer. */
export const WORDS: PackedWords = {
  basis: {
    why: ['operatingSystem: windows', 'severity: High or Medium'],
    category: 'Execution',
    detectionSource: 'WindowsDefenderAtp',
    createdAt: '2026-03-02T03:13:57.1234567Z',
    osPlatform: 'Windows11',
    relatedFiles: FILES,
  },
  testimonies: [{ session: 0, index: 0, said: SAID }],
};

/** The plan of these tests with a request for every file of them that has a path. */
export const PLAN_WITH_FILES: Plan = {
  ...PLAN,
  sessions: [
    {
      commands: [
        { type: 'RunScript', scriptName: 'Evidence-Triage.ps1', args: requestFor(FILES) },
        { type: 'GetFile', path: ARCHIVE_PATH, madeBy: 0 },
      ],
    },
  ],
};

/** A script's one argument that asks for files. */
function requestFor(files: readonly RelatedFile[]): string {
  return encodeRequest({
    collectionId: COLLECTION_ID,
    session: 0,
    archive: ARCHIVE_PATH,
    limitBytes: 52_428_800,
    limitSeconds: 480,
    files: files.filter(({ path }) => path !== null),
  }).argument;
}
