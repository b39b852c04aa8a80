import type { LibraryFile } from '../domain/library-file.ts';
import type { Announcement } from '../domain/announcement.ts';
import type { Alert, RelatedFile } from '../domain/alert.ts';
import type { Collection, CollectionStatus } from '../domain/collection.ts';
import type { CustodyLine, Sha256 } from '../domain/custody.ts';
import type { DenyList } from '../domain/deny-list.ts';
import type { Machine } from '../domain/machine.ts';
import type { AttemptName, LiveResponseRequest, MachineAction } from '../domain/machine-action.ts';
import type { Profile } from '../domain/profile.ts';
import type { AgedLease, Room, SeenReach, StartDecision, StartWish } from '../domain/start-quota.ts';
import type { LaneAnswer } from '../domain/lane.ts';
import type { Immutability } from '../domain/immutability.ts';
import type { OpenEntry } from '../domain/open-entry.ts';
import type { EvidenceItem } from '../domain/result.ts';
import type { SealStatement } from '../domain/signature.ts';
import type { LinkOutcome } from '../domain/result-link.ts';
import type { StartOutcome } from '../domain/start-outcome.ts';
import type { Ticket } from '../domain/ticket.ts';

/** How a call may be cut short. */
export interface CallOptions {
  readonly signal?: AbortSignal;
}

/** What is found behind an id, with the text as it was sent. */
export type Found<K extends string, T> =
  | ({ readonly outcome: 'found'; readonly raw: string } & { readonly [P in K]: T })
  | { readonly outcome: 'not found' };

/** The Defender API, as far as the pipeline uses it. */
export interface DefenderPort {
  getAlert(alertId: string, options?: CallOptions): Promise<Found<'alert', Alert>>;
  getAlertFiles(alertId: string, options?: CallOptions): Promise<Found<'files', readonly RelatedFile[]>>;
  getMachine(machineId: string, options?: CallOptions): Promise<Found<'machine', Machine>>;
  /** Machines of that name or DNS name, none or several. */
  findMachinesByName(name: string, options?: CallOptions): Promise<readonly Machine[]>;
  startLiveResponse(request: LiveResponseRequest, options?: CallOptions): Promise<StartOutcome>;
  listActions(
    filter: { readonly ids?: readonly string[]; readonly machineId?: string; readonly createdFrom?: string },
    options?: CallOptions,
  ): Promise<readonly MachineAction[]>;
  getAction(
    actionId: string,
    options?: CallOptions,
  ): Promise<{ readonly outcome: 'found'; readonly action: MachineAction } | { readonly outcome: 'not found' }>;
  cancelAction(
    actionId: string,
    comment: string,
    options?: CallOptions,
  ): Promise<{ readonly outcome: 'asked' | 'already final' | 'not found' }>;
  getResultLink(actionId: string, index: number, options?: CallOptions): Promise<LinkOutcome>;
  listLibrary(options?: CallOptions): Promise<readonly LibraryFile[]>;
  uploadToLibrary(
    file: {
      readonly fileName: string;
      readonly content: Uint8Array;
      readonly description: string;
      readonly parametersDescription: string;
      readonly replace: 'keep' | 'replace';
    },
    options?: CallOptions,
  ): Promise<{ readonly outcome: 'uploaded' | 'exists' }>;
}

/** A collection as it was read, with the version that a save must find unchanged. */
export interface Loaded {
  readonly collection: Collection;
  readonly version: string;
  /** When it was read by the service's clock, ISO 8601 UTC; absent where that is not known. */
  readonly readAt?: string;
}

/** Where collections, their custody logs and the claims on them are kept. */
export interface CollectionsPort {
  /** Inserts a collection with its first custody lines, and its row among the open ones before that. */
  create(collection: Collection, lines: readonly CustodyLine[]): Promise<'created' | 'exists'>;
  load(collectionId: string): Promise<Loaded | null>;
  /** Saves in one transaction with the custody lines; `changed meanwhile` when the version is no longer the one that was read. */
  save(loaded: Loaded, next: Collection, lines: readonly CustodyLine[]): Promise<'saved' | 'changed meanwhile'>;
  /** Open collections, the most severe first, then the oldest. */
  listOpen(atMost?: number): Promise<readonly OpenEntry[]>;
  /** Writes what the index says of an open collection anew, after it was found to be stale. */
  refreshOpen(collection: Collection): Promise<void>;
  /** Writes by what an ended collection is found: its status, machine and incident, and the hashes of what its package holds. */
  noteEnded(collection: Collection): Promise<void>;
  close(collectionId: string): Promise<void>;
  /** Takes one that cannot be read out of the open ones and keeps its id where operators see it. */
  setAside(collectionId: string, code: string): Promise<void>;
  /** Claims an alert on a machine for a collection; answers whose it is, which is the first claimant's for ever. */
  claimPair(pairId: string, collectionId: string): Promise<string>;
  readCustody(collectionId: string): Promise<readonly string[]>;
}

/** How much is going on, as a door sees it. */
export interface QuietPort {
  /** Whether so little is open that a door may go on with what it has just claimed. */
  ask(): Promise<'quiet' | 'busy'>;
}

/** A machine's turn: one collection at a time, and none while the machine is left to its responders. */
export interface LanesPort {
  /** Takes the lane for an attempt; answers whose it is now. */
  take(machineId: string, name: AttemptName, now: string): Promise<LaneAnswer>;
  /** Leaves the lane if it is that holder's: an attempt's, as `nameHolder` writes it. */
  leave(machineId: string, holder: string): Promise<void>;
  /** Gives the lane to nobody before that time. */
  yieldUntil(machineId: string, until: string): Promise<void>;
  /** The collection that the next alerts on the machine may be merged into, null while there is none. */
  readHost(machineId: string): Promise<string | null>;
  /** Becomes the host if it is still the one that was read; answers who it is now. */
  becomeHost(machineId: string, before: string | null, collectionId: string): Promise<string>;
}

/** A stop of everything that would be started, by an operator. */
export interface Pause {
  readonly at: string;
  readonly by: string;
  readonly reason: string;
}

/** What operators and Defender tell all instances. */
export interface ControlPort {
  /** The pause, null while there is none; read before every start. */
  readPause(): Promise<Pause | null>;
  pause(pause: Pause): Promise<void>;
  resume(): Promise<void>;
  /** The name by which Defender knows us as a requestor, null until it has named us once. */
  readRequestor(): Promise<string | null>;
  noteRequestor(requestor: string): Promise<void>;
}

/** The tenant-wide keeper of the quota of live responses; its times are by a clock that all instances share. */
export interface GovernorPort {
  /** How many starts would be granted now. */
  findRoom(): Promise<Room>;
  /** Grants starts in the order of the wishes, each a place in the window of 60 s and a lease of a session; asked again with the same name, the answer is the same. */
  grantStarts(wishes: readonly StartWish[]): Promise<readonly StartDecision[]>;
  /** Decides anew on a granted start, right before it is sent: its place and lease count from now, unless Defender or others want it otherwise by now. */
  confirmStart(wish: StartWish): Promise<StartDecision>;
  /** Takes back the place and the lease of a start that was never sent. */
  takeBack(name: AttemptName): Promise<void>;
  giveBack(name: AttemptName): Promise<void>;
  /** Notes a session that runs though nothing was granted for it, so that it is counted. */
  takeLease(name: AttemptName): Promise<void>;
  /** Notes that a start was answered, in whatever way: its place in the window counts from now. */
  noteAnswer(name: AttemptName): Promise<void>;
  /** Notes which machines answer and which do not. */
  noteReach(seen: readonly SeenReach[]): Promise<void>;
  /** Nothing is granted for so long (a 429 said so). */
  block(ms: number): Promise<void>;
  listLeases(): Promise<readonly AgedLease[]>;
}

/** Of all instances, whose turn it is to do something that one of them is to do now and then. */
export interface TurnPort {
  /** Takes the turn if `intervalMs` have passed since somebody took it last. */
  take(intervalMs: number): Promise<'ours' | 'not yet'>;
}

/** A file of a package, as it is stored: where it was there before, the stored text is what counts. */
export interface StoredText {
  readonly text: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What became of a copy. */
export type CopyOutcome =
  | { readonly outcome: 'stored'; readonly item: Omit<EvidenceItem, 'report'>; readonly head: Uint8Array | null }
  | { readonly outcome: 'no result' | 'refused'; readonly reason: string };

/** How a result is come by: fresh links, and whether it is still wanted when it is whole. What is stored already needs neither. */
export interface CopyResultRequest {
  readonly askForLink: () => Promise<LinkOutcome>;
  readonly mayCommit?: () => Promise<'commit' | 'stop'>;
  /** Called whenever a part of it was sent off to storage. */
  readonly onProgress?: () => void;
  readonly signal?: AbortSignal;
}

/** Where packages are kept: create-only. */
export interface EvidencePort {
  /** Writes a text of a package once; when it is there already, answers what is stored. */
  putText(collectionId: string, path: string, text: string): Promise<StoredText>;
  /** Streams a result into the package while hashing it; asks for a fresh link as often as it needs one. */
  copyResult(collectionId: string, path: string, request: CopyResultRequest): Promise<CopyOutcome>;
  /** A text of a package, null when it is not there. */
  readText(collectionId: string, path: string): Promise<string | null>;
  listFiles(collectionId: string): Promise<readonly { readonly path: string; readonly bytes: number }[]>;
  /** How a stored file is kept from being overwritten and deleted. */
  readImmutability(collectionId: string, path: string): Promise<Immutability>;
  /** Writes a custody entry that came after the seal, once. */
  putCustodyLine(collectionId: string, line: CustodyLine): Promise<void>;
}

/** What signs packages with a key that nothing here ever sees. */
export interface SigningPort {
  /** Whether a package that is sealed from now on is signed. */
  readonly practice: 'signed' | 'unsigned';
  /** The compact JWS (RFC 7515, ES256) over a statement; throws while the key cannot be used. */
  readonly sign: (statement: SealStatement) => Promise<string>;
}

/** Blobs that ask for one result to be copied. */
export interface TicketsPort {
  write(ticket: Ticket): Promise<void>;
  remove(ticket: Ticket): Promise<void>;
  /** Reads a ticket from its blob, which anybody with access to the container may have written. */
  read(content: unknown, blobName: string): TicketReading;
}

/** What reading a ticket's blob came to. */
export type TicketReading =
  | { readonly outcome: 'ticket'; readonly ticket: Ticket }
  | { readonly outcome: 'fault'; readonly fault: string };

/** A reviewed script, as it lies in this product. */
export interface ReviewedScript {
  readonly name: string;
  readonly content: Uint8Array;
  readonly sha256: string;
  readonly description: string;
  readonly parametersDescription: string;
}

/** What to collect, and with which scripts: reviewed content that ships with the product. */
export interface ContentPort {
  profiles(): Promise<readonly Profile[]>;
  denyList(): Promise<DenyList>;
  scripts(): Promise<ReadonlyMap<string, ReviewedScript>>;
}

/** One line of telemetry: what happened, with ids, states, counts and durations, never foreign text. */
export interface LogLine {
  readonly event: string;
  readonly [field: string]: string | number | null;
}

/** What a fault means to the pipeline: a sentence for people, and when to come back. */
export interface Explained {
  readonly reason: string;
  readonly code: string;
  readonly retryAfterMs: number | null;
}

/** How far something that is told once has come; a version belongs to the telling that was read. */
export type Telling =
  | { readonly telling: 'not begun' | 'told' }
  | { readonly telling: 'begun'; readonly at: string; readonly version: string };

/** Who is told of collections, and what they were told. */
export interface AnnouncerPort {
  readonly events: 'published' | 'not published';
  readonly comments: 'written' | 'not written';
  /** Where people with access see a collection, null where the app does not know its own address. */
  readonly collectionUrl: (collectionId: string) => string | null;
  publish(announcement: Announcement): Promise<void>;
  readComments(
    alertId: string,
  ): Promise<
    | { readonly outcome: 'found'; readonly comments: readonly { readonly text: string }[] }
    | { readonly outcome: 'not found' }
  >;
  addComment(alertId: string, text: string): Promise<{ readonly outcome: CommentOutcome }>;
  read(name: string): Promise<Telling>;
  /** Begins it, or begins it again after the telling that was read; `others` were quicker. */
  begin(name: string, before: Telling, at: string): Promise<'ours' | 'others'>;
  noteTold(name: string, at: string): Promise<void>;
}

/** What became of a comment; after `unknown` it may be there. */
export type CommentOutcome =
  | 'added'
  | 'not found'
  | 'refused'
  | 'not allowed'
  | 'throttled'
  | 'unreachable'
  | 'unknown';

/** How far the collector may go: nothing at all, plan and record, or collect. */
export type Mode = 'off' | 'observe' | 'collect';

/** Everything the pipeline knows of the outside. */
export interface Ports {
  readonly now: () => Date;
  readonly wait: (ms: number) => Promise<void>;
  readonly sha256: Sha256;
  readonly mode: Mode;
  readonly tenantId: string | null;
  readonly version: string;
  readonly deadlineHours: number;
  /** How long a live response may pend before it is cancelled and tried again later. */
  readonly pendingLimitMinutes: number;
  /** How long after its end a collection still stands for a smaller alert on its machine. */
  readonly mergeMinutes: number;
  /** Whether the hour's quota of looking alerts up has room for any alert, or only for critical ones any more. */
  readonly lookUpRoom: () => Promise<'for any' | 'for critical ones'>;
  /** The hourly quota of an API other than live response, of which polling uses a fifth. */
  readonly callsPerHour: number;
  readonly defender: DefenderPort;
  readonly collections: CollectionsPort;
  readonly quiet: QuietPort;
  readonly lanes: LanesPort;
  readonly governor: GovernorPort;
  /** Whose turn it is to list the running actions. */
  readonly listing: TurnPort;
  /** Whose turn it is to list the library while live responses pend. */
  readonly watching: TurnPort;
  /** Whose turn it is to look for actions of ours that no collection knows of. */
  readonly sweeping: TurnPort;
  readonly control: ControlPort;
  readonly evidence: EvidencePort;
  readonly signing: SigningPort;
  readonly tickets: TicketsPort;
  readonly content: ContentPort;
  readonly announcer: AnnouncerPort;
  readonly explain: (error: unknown) => Explained;
  readonly log: (line: LogLine) => void;
  /** Notes that the poll ran, for those who watch whether it still does. */
  readonly beat: (at: string, counts: Readonly<Partial<Record<CollectionStatus, number>>>) => Promise<void>;
}
