import type { AlertEntity, FileEntity } from './alert-entity.ts';
import type { Fault } from './http/fault.ts';
import type { MachineActionEntity } from './machine-action.ts';
import type { MachineEntity } from './machines.ts';
import type { Switches } from './switches.ts';
import type { Role } from './token.ts';

/** The service's quotas; `pageSize` is the number of rows after which a list goes on at `@odata.nextLink`. */
export type Limits = {
  runsPerMinute: number;
  callsPerMinute: number;
  callsPerHour: number;
  packageUrisPerMinute: number;
  packageUrisPerHour: number;
  sessions: number;
  pageSize: number;
  argsCharacters: number;
  commentCharacters: number;
  uploadBytes: number;
};

/** How long things take, in ms by the simulator's clock. */
export type Timings = {
  /** A new action is absent from lists, and 404 by id, for this long. */
  visibilityLagMs: number;
  /** From the 201 until the machine takes the action up. */
  pendingMs: number;
  /** Between taking up and the first command, between two commands, and from the last command to the final status. */
  betweenPollsMs: number;
  /** What a recorded command takes that does not say for itself. */
  commandMs: number;
  /** What an investigation package takes, from InProgress. */
  packageMs: number;
  /** How long after a live response another on its machine may slip past the guard, by the switch `race`. */
  raceMs: number;
  /** How old the reads of a replica are that lags behind, by the switch `replicas`. */
  replicaLagMs: number;
  /** From a cancel request until the status is Cancelled. */
  cancelMs: number;
  /** How long an action waits for a machine that is offline before it is TimeOut. */
  queueMs: number;
  /** How long a script may run. */
  scriptTimeoutMs: number;
  linkLifetimeMs: number;
  tokenLifetimeMs: number;
};

/** Bytes of a recorded file: given, or `generated` from a seed at any size without being held. */
export type RecordedContent = { text: string } | { base64: string } | { generated: { bytes: number; seed: string } };

/** What a recorded command takes, in ms; `commandMs` of the timings if it does not say. */
type Taking = { takesMs?: number };

/**
 * What a GetFile of a recorded machine brings, or the error with which it fails. `gzip` is how Defender sends it, with
 * the file's own name in its header (FNAME) unless `gzipName` is another, or null for a header without one.
 */
export type RecordedFile = Taking &
  ({ content: RecordedContent; gzip: boolean; gzipName?: string | null } | { failure: string });

/**
 * What a script of a recorded machine leaves, without preamble and tail, or the error with which its command fails; one
 * that takes longer than the timeout of scripts is ended by it.
 */
export type RecordedScript = Taking & ({ exitCode: number; output: string; errors: string } | { failure: string });

/** A machine that answers from a recording: scripts by name, files by path, `anyFile` for every other path. */
export type Recording = {
  scripts: Readonly<Record<string, RecordedScript>>;
  files: Readonly<Record<string, RecordedFile>>;
  anyFile?: RecordedFile;
};

/** What holds for a machine whatever its kind; times in ISO 8601. */
export type MachineConditions = {
  /** It is offline until then: its actions stay Pending. */
  onlineAt?: string;
  /** Sessions of people in the portal: they hold the machine, and no list of actions shows them. */
  portalSessions?: readonly { from: string; until: string }[];
  /** Its actions stay in that status until they are cancelled. */
  stuck?: 'Pending' | 'InProgress';
};

/** A machine, and what becomes of a live response on it; `code` is with which words an unsupported one refuses. */
export type ScenarioMachine = MachineConditions &
  (
    | { kind: 'executes'; entity: MachineEntity }
    | { kind: 'recorded'; entity: MachineEntity; recording: Recording }
    | { kind: 'offline'; entity: MachineEntity }
    | {
        kind: 'unsupported';
        entity: MachineEntity;
        code?: 'OsPlatformNotSupported' | 'ClientVersionNotSupported';
      }
  );

/**
 * An alert with its evidence, and what /files answers for it. It does not exist before `appearsAt`, and changes by
 * itself at the times of its `updates`, as new evidence comes in; times in ISO 8601.
 */
export type ScenarioAlert = {
  entity: AlertEntity;
  relatedFiles: readonly FileEntity[];
  appearsAt?: string;
  updates?: readonly { at: string; changes: Partial<AlertEntity> }[];
};

/** A file of the live response library at the start. */
export type ScenarioLibraryFile = {
  fileName: string;
  text: string;
  description: string | null;
  creationTime: string;
  createdBy: string;
  hasParameters: boolean;
  parametersDescription?: string;
};

/** Everything that decides what the simulated tenant answers. */
export type Scenario = {
  tenantId: string;
  /** Display name of the calling app: requestor of actions, author of comments and uploads. */
  appName: string;
  appId: string;
  limits: Limits;
  timings: Timings;
  /** The status of a command whose script ended with another exit code than 0; not documented, so test with both. */
  nonZeroExit: 'Completed' | 'Failed';
  machines: readonly ScenarioMachine[];
  alerts: readonly ScenarioAlert[];
  libraryFiles: readonly ScenarioLibraryFile[];
  /** Read anew at each call, so that a test may append to it. */
  faults: readonly Fault[];
  /** What the documentation leaves open; `defaultSwitches` decide what is not given. */
  switches?: Partial<Switches>;
  /** Roles that were granted but open nothing before a time (ISO 8601): a new grant takes minutes to arrive everywhere. */
  lateRoles?: Readonly<Partial<Record<Role, string>>>;
  /** Machine actions that there are at the start, of whatever type and requestor, oldest first. */
  pastActions?: readonly MachineActionEntity[];
};
