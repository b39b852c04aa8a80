/**
 * What Defender's documentation leaves open, or where sources disagree: one switch each, so that a test can play every
 * reading. The default is the one that asks more of a caller, wherever real answers do not speak against it.
 */
export type Switches = {
  /** How a 429 tells its wait: in Retry-After as seconds, as an HTTP date, as any text, or not at all. */
  retryAfter: 'seconds' | 'date' | 'absent' | { text: string };
  /** Whether the message of a 429 names the wait, as real ones do. */
  quotaMessage: 'with the wait' | 'without it';
  /** What shares a quota: each API has its own, or all but runliveresponse and getPackageUri share one. */
  quotaKey: 'one API' | 'all APIs';
  /** Whether a call that was refused takes a place in the window too. */
  refusedCalls: 'not counted' | 'counted';
  /** The 429 of the cap on sessions: a wording of its own without a wait, or like any other quota's. */
  sessionsRefusal: 'without a wait' | 'as a quota';

  /** Replicas of the list of actions: all alike; every other read does not yet see a fresh action; or every other read is `replicaLagMs` old. */
  replicas: 'agree' | 'alternate' | 'lag';
  /** Whether a second live response within `raceMs` of the first slips past the guard of one a machine. */
  race: 'refused' | 'accepted';
  /** The status of a live response that was accepted. */
  acceptedStatus: 201 | 200;
  /** The set that the context of a new action names: real answers name the wrong one. */
  newActionContext: 'Machines' | 'MachineActions';
  /** Whether PutFile, RunScript, GetFile must come in this order. */
  commandOrder: 'checked' | 'free';
  /** A RunScript or PutFile of a file that the library does not have. */
  unknownScript: 'command fails' | 'refused';
  /** Characters in Args that the portal forbids. */
  forbiddenArgs: 'command fails' | 'refused' | 'passed';
  /** Args over the limit. */
  longArgs: 'refused' | 'command fails';
  emptyArgs: 'refused' | 'passed';
  /** What an argument string is split at. */
  argumentSeparators: 'white space' | 'white space and commas';
  /** Whether live response is turned on in the tenant; off is 403 DisabledFeature. */
  liveResponse: 'on' | 'off';
  /** A live response on a machine that was merged into another. */
  mergedMachine: 'never taken up' | 'not found' | 'runs';

  /** When a command shows its start. */
  startTime: 'at its end' | 'while it runs';
  /** The status of the commands after a failed one. */
  skippedCommands: 'Created' | 'Failed';
  /** The status of an action whose script ran too long. */
  scriptTimeout: 'TimeOut' | 'Failed';
  /** The status of an action that waited too long for its machine. */
  queueEnd: 'TimeOut' | 'Failed';
  /** What an action that did not succeed tells beside its commands' errors. */
  failureDetails: { errorHResult: number; troubleshootInfo: unknown };
  /** The status of an action that was cancelled. */
  cancelEnd: 'Cancelled' | 'Failed';
  /** The status for cancelling an action that has ended; with 200 nothing changes. */
  cancelOfEnded: 400 | 409 | 200;

  /** The status for the link to a result that does not exist. */
  noResult: 404 | 400;
  /** What opens a result link: today's documentation, that of 2022, that of 2021. */
  resultLinkRole: 'Machine.ReadWrite.All' | 'or Machine.Read.All' | 'Machine.LiveResponse';
  /** A result link that is asked with an Authorization header. */
  linkWithToken: 'refused' | 'served';
  /** How a script's result is stored. */
  transcriptEncoding: 'plain' | 'gzip';
  /** The line break behind the first line of a Windows transcript: raw as in the documented sample, or escaped as JSON demands. */
  transcriptLineBreak: 'raw' | 'escaped';
  /** A file without any block on disk, asked for by GetFile. */
  sparseFiles: 'refused' | 'taken';

  /** The status for an upload of a name that exists. */
  uploadOfExisting: 400 | 409;
  /** A second collectInvestigationPackage while one is running: 400, or 201 with the one that is running. */
  packageWhileRunning: 'refused' | 'existing';
  /** Whether the value of getPackageUri holds quotes of its own. */
  packageUri: 'quoted' | 'plain';

  /** Which alerts there are: those of Defender for Endpoint (da, ed, no prefix), or of any product. */
  alertPrefixes: 'endpoint' | 'any';
  /** Whether `$orderby`, which is not documented, is known. */
  orderBy: 'known' | 'refused';
  /** The fields of successful answers: as observed; with more on each object; or without what is null or undocumented. */
  fields: 'as observed' | 'more' | 'fewer';
  /** A token for the audience of Defender XDR. */
  xdrAudience: 'refused' | 'taken';
};

/** The switches of a tenant about which nothing else is said. */
export const defaultSwitches: Switches = {
  retryAfter: 'seconds',
  quotaMessage: 'with the wait',
  quotaKey: 'one API',
  refusedCalls: 'not counted',
  sessionsRefusal: 'without a wait',
  replicas: 'agree',
  race: 'refused',
  acceptedStatus: 201,
  newActionContext: 'Machines',
  commandOrder: 'checked',
  unknownScript: 'command fails',
  forbiddenArgs: 'command fails',
  longArgs: 'refused',
  emptyArgs: 'refused',
  argumentSeparators: 'white space',
  liveResponse: 'on',
  mergedMachine: 'never taken up',
  startTime: 'at its end',
  skippedCommands: 'Created',
  scriptTimeout: 'TimeOut',
  queueEnd: 'TimeOut',
  failureDetails: { errorHResult: 0, troubleshootInfo: null },
  cancelEnd: 'Cancelled',
  cancelOfEnded: 400,
  noResult: 404,
  resultLinkRole: 'Machine.ReadWrite.All',
  linkWithToken: 'refused',
  transcriptEncoding: 'plain',
  transcriptLineBreak: 'raw',
  sparseFiles: 'refused',
  uploadOfExisting: 400,
  packageWhileRunning: 'refused',
  packageUri: 'quoted',
  alertPrefixes: 'endpoint',
  orderBy: 'known',
  fields: 'as observed',
  xdrAudience: 'refused',
};
