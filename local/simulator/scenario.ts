import type { AlertEntity, FileEntity } from './alert-entity.ts';
import type { Fault } from './http/fault.ts';
import type { MachineEntity } from './machines.ts';

/** The service's quotas; `pageSize` is the number of rows after which a list goes on at `@odata.nextLink`. */
export type Limits = {
  runsPerMinute: number;
  callsPerMinute: number;
  callsPerHour: number;
  sessions: number;
  pageSize: number;
};

/** How long things take, in ms by the simulator's clock. */
export type Timings = {
  /** A new action is absent from lists, and 404 by id, for this long. */
  visibilityLagMs: number;
  /** From the 201 until the machine takes the action up. */
  pendingMs: number;
  /** Between taking up and the first command, between two commands, and from the last command to the final status. */
  betweenPollsMs: number;
  /** What a recorded command takes. */
  commandMs: number;
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

/** What a GetFile of a recorded machine brings (`gzip` is how Defender sends it), or the error with which it fails. */
export type RecordedFile = { content: RecordedContent; gzip: boolean } | { failure: string };

/** What a script of a recorded machine leaves, without preamble and tail, or the error with which its command fails. */
export type RecordedScript = { exitCode: number; output: string; errors: string } | { failure: string };

/** A machine that answers from a recording: scripts by name, files by path, `anyFile` for every other path. */
export type Recording = {
  scripts: Readonly<Record<string, RecordedScript>>;
  files: Readonly<Record<string, RecordedFile>>;
  anyFile?: RecordedFile;
};

/** A machine, and what becomes of a live response on it. */
export type ScenarioMachine =
  | { kind: 'executes'; entity: MachineEntity }
  | { kind: 'recorded'; entity: MachineEntity; recording: Recording }
  | { kind: 'offline'; entity: MachineEntity }
  | { kind: 'unsupported'; entity: MachineEntity };

/** An alert with its evidence, and what /files answers for it. */
export type ScenarioAlert = { entity: AlertEntity; relatedFiles: readonly FileEntity[] };

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
  faults: readonly Fault[];
};
