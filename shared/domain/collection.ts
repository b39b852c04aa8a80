import type { Severity } from './alert.ts';
import type { Asked } from './asked.ts';
import type { Caller } from './caller.ts';
import type { ScriptProof } from './library-proof.ts';
import type { Plan } from './plan.ts';
import type { Result } from './result.ts';

/** A document that was written into the package before anything was run, such as the alert as Defender gave it. */
export interface PackedDocument {
  /** Path in the package, such as `data/alert/alert.json`. */
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** That somebody ended a collection before its time: an operator, or whoever may. */
export interface CalledOff {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** That a machine let live responses pend until they were cancelled: since when, and how often. */
export interface Silence {
  readonly since: string;
  readonly times: number;
}

/** Why a machine action of ours was asked to be cancelled; `until` is when its session may be tried again, null for never. */
export interface CancelAsked {
  readonly why: 'deadline' | 'called off' | 'silent' | 'makes way' | 'script swapped';
  readonly askedAt: string;
  readonly until: string | null;
}

/** What every collection carries, whatever its status. */
export interface CollectionBasis {
  readonly id: string;
  readonly alertId: string;
  readonly incidentId: string | null;
  readonly tenantId: string | null;
  readonly machineId: string | null;
  readonly machineName: string | null;
  readonly severity: Severity;
  readonly title: string | null;
  readonly receivedAt: string;
  readonly receivedFrom: string;
  /** Who sent the alert through a door, absent where nobody did, as where an event or the timer brought it. */
  readonly caller?: Caller;
  readonly deadline: string;
  /** Nothing is tried before this time. */
  readonly notBefore: string;
  /** How often the present step was tried in vain. */
  readonly tries: number;
  /** Attempts that were sent and of which Defender showed nothing in time; one that shows later is adopted. */
  readonly lostAttempts: readonly Progress[];
  /** One sentence that says why it is where it is, null when there is nothing to say. */
  readonly reason: string | null;
  /** The custody log so far: how many entries, and the hash of the last. */
  readonly custody: { readonly count: number; readonly head: string };
  readonly documents: readonly PackedDocument[];
  readonly results: readonly Result[];
  /** The collection of which this one collects what was missing, null for a first one. */
  readonly retryOf: string | null;
  /** Null while nobody has called it off. */
  readonly calledOff: CalledOff | null;
  /** Null while the machine takes work up. */
  readonly silence: Silence | null;
  /** Collections of other alerts on this machine that are merged into this one before it is dispatched. */
  readonly united: readonly string[];
  /** Machine actions that carried our comment and were not what we sent; each is recorded once. */
  readonly pretenders: readonly string[];
  /** Whether the scripts that ran were the reviewed ones, by session; absent where earlier versions started them. */
  readonly scriptProofs?: readonly ScriptProof[];
  /** What was asked for beyond the alert as Defender returns it, null for nothing. */
  readonly asked: Asked | null;
}

/** Where in its plan a collection is: session from 0, attempt from 1 once something was sent. */
export interface Progress {
  readonly session: number;
  readonly attempt: number;
}

interface Planned {
  readonly machineId: string;
  readonly plan: Plan;
  readonly progress: Progress;
}

/** How a collection with a package ends. */
export type Outcome = 'collected' | 'partial' | 'failed' | 'cancelled';

/** One alert on one machine, from its receipt to its end; `status` decides which fields there are. */
export type Collection = CollectionBasis &
  (
    | { readonly status: 'received' }
    | ({ readonly status: 'planned' } & Planned)
    | ({ readonly status: 'starting'; readonly startingAt: string } & Planned)
    | ({
        readonly status: 'running';
        readonly actionId: string;
        readonly startedAt: string;
        readonly actionStatus: string;
        /** Commands of the session that had not ended when the action was last seen. */
        readonly commandsLeft: number;
        readonly cancel: CancelAsked | null;
      } & Planned)
    | ({ readonly status: 'copying'; readonly actionId: string } & Planned)
    | ({
        readonly status: 'sealing';
        readonly sealedAt: string;
        readonly outcome: Outcome;
        /** The reason that sealing began with; what puts the sealing off has its own. */
        readonly why: string | null;
        readonly manifest: SealedManifest | null;
      } & Planned)
    | {
        readonly status: Outcome;
        readonly endedAt: string;
        readonly sealed: SealedPackage | null;
        readonly plan: Plan | null;
      }
    | { readonly status: 'skipped'; readonly endedAt: string }
    | { readonly status: 'merged'; readonly endedAt: string; readonly mergedInto: string }
  );

/** The payload manifest of a package and the number of the custody entry that seals it. */
export interface SealedManifest {
  readonly sha256: string;
  readonly custodyNumber: number;
}

/** What a sealed package is known by. */
export interface SealedPackage {
  readonly manifestSha256: string;
  readonly tagmanifestSha256: string;
  readonly sealedAt: string;
  /** The number of the custody entry that seals; later entries are not in the package. */
  readonly custodyNumber: number;
}

/** A status of a collection. */
export type CollectionStatus = Collection['status'];

/** A status of a collection that has not come to its end. */
export type OpenStatus = Exclude<CollectionStatus, Outcome | 'skipped' | 'merged'>;

/** Every status, in the order in which a collection may have it. */
export const COLLECTION_STATUSES = [
  'received',
  'planned',
  'starting',
  'running',
  'copying',
  'sealing',
  'collected',
  'partial',
  'failed',
  'cancelled',
  'skipped',
  'merged',
] as const satisfies readonly CollectionStatus[];

/** A collection of that status. */
export type CollectionIn<S extends CollectionStatus> = Extract<Collection, { readonly status: S }>;

/** Whether a collection goes on (`open`) or has come to its end (`ended`). */
export function stageOf(status: CollectionStatus): 'open' | 'ended' {
  switch (status) {
    case 'received':
    case 'planned':
    case 'starting':
    case 'running':
    case 'copying':
    case 'sealing':
      return 'open';
    case 'collected':
    case 'partial':
    case 'failed':
    case 'cancelled':
    case 'skipped':
    case 'merged':
      return 'ended';
    default: {
      const unknown: never = status;
      throw new Error(`Unknown status ${String(unknown)}.`);
    }
  }
}

/** Whether a collection has not come to its end. */
export function isOpen(collection: Collection): collection is CollectionIn<OpenStatus> {
  return stageOf(collection.status) === 'open';
}

/** The fields of a collection that do not depend on its status. */
export function basisOf(collection: Collection): CollectionBasis {
  const { id, alertId, incidentId, tenantId, machineId, machineName, severity, title } = collection;
  const { receivedAt, receivedFrom, caller, deadline, notBefore, tries, lostAttempts, reason } = collection;
  const { custody, documents, results, retryOf, calledOff, silence, united, pretenders, asked } = collection;
  const { scriptProofs } = collection;
  return {
    ...{ id, alertId, incidentId, tenantId, machineId, machineName, severity, title },
    ...{ receivedAt, receivedFrom, deadline, notBefore, tries, lostAttempts, reason },
    ...(caller === undefined ? {} : { caller }),
    ...{ custody, documents, results, retryOf, calledOff, silence, united, pretenders, asked },
    ...(scriptProofs === undefined ? {} : { scriptProofs }),
  };
}
