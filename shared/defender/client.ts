import type { LibraryFile } from '../domain/library-file.ts';
import type { LinkOutcome } from '../domain/result-link.ts';
import type { StartOutcome } from '../domain/start-outcome.ts';
import { setTimeout } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import type { Alert, RelatedFile } from '../domain/alert.ts';
import type { Machine } from '../domain/machine.ts';
import type { LiveResponseRequest, MachineAction } from '../domain/machine-action.ts';
import type { TokenSource } from './access-token.ts';
import { type Admission, type Gate, OPEN_GATE } from './admission.ts';
import { addComment, type CommentOutcome, type FoundComments, readComments } from './alert-comments.ts';
import { type AlertFilter, getAlert, type ListedAlert, listAlerts } from './alerts.ts';
import { readBaseUrl } from './base-url.ts';
import { type CallRecord, openApi } from './call-endpoint.ts';
import { getAlertFiles } from './files.ts';
import type { Found } from './get-one.ts';
import {
  deleteFromLibrary,
  type LibraryUpload,
  listLibrary,
  type UploadOutcome,
  uploadToLibrary,
} from './library-files.ts';
import { getResultLink, startLiveResponse } from './live-response.ts';
import { type ActionFilter, type CancelOutcome, cancelAction, getAction, listActions } from './machine-actions.ts';
import type { EndpointName } from './permissions.ts';
import { findMachinesByName, getAlertMachine, getMachine } from './machines.ts';
import { type CallOptions, openWire, WIRE_LIMITS } from './send.ts';

/** What a client is made of; `now` is epoch ms, `random` gives [0, 1), `wait` ends early when its signal does. */
export interface DefenderClientOptions {
  /** Base of the API, such as `https://api.security.microsoft.com`. */
  readonly baseUrl: string;
  readonly tokens: TokenSource;
  readonly dispatcher?: Dispatcher;
  readonly now?: () => number;
  readonly random?: () => number;
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** Told once per page or call, all its tries together. */
  readonly onCall?: (record: CallRecord) => void;
  /** Asked before every HTTP request that leaves: each page, each repetition. What it throws ends the call, and nothing is sent. */
  readonly admit?: (endpoint: EndpointName, signal?: AbortSignal) => Promise<Admission>;
  /** Told of every 429 with the wait that was decided, also when the client itself repeats; what it throws is left aside. */
  readonly onThrottled?: (endpoint: EndpointName, afterMs: number) => Promise<void>;
}

/** The Defender API; what is not an outcome is thrown as DefenderError. */
export interface DefenderClient {
  getAlert(alertId: string, options?: CallOptions): Promise<Found<'alert', Alert>>;
  listAlerts(filter: AlertFilter, options?: CallOptions): Promise<readonly ListedAlert[]>;
  readComments(alertId: string, options?: CallOptions): Promise<FoundComments>;
  addComment(alertId: string, text: string, options?: CallOptions): Promise<CommentOutcome>;
  getAlertFiles(alertId: string, options?: CallOptions): Promise<Found<'files', readonly RelatedFile[]>>;
  getAlertMachine(alertId: string, options?: CallOptions): Promise<Found<'machine', Machine>>;
  getMachine(machineId: string, options?: CallOptions): Promise<Found<'machine', Machine>>;
  findMachinesByName(name: string, options?: CallOptions): Promise<readonly Machine[]>;
  startLiveResponse(request: LiveResponseRequest, options?: CallOptions): Promise<StartOutcome>;
  getResultLink(actionId: string, index: number, options?: CallOptions): Promise<LinkOutcome>;
  listActions(filter: ActionFilter, options?: CallOptions): Promise<readonly MachineAction[]>;
  getAction(
    actionId: string,
    options?: CallOptions,
  ): Promise<{ readonly outcome: 'found'; readonly action: MachineAction } | { readonly outcome: 'not found' }>;
  cancelAction(actionId: string, comment: string, options?: CallOptions): Promise<CancelOutcome>;
  listLibrary(options?: CallOptions): Promise<readonly LibraryFile[]>;
  uploadToLibrary(upload: LibraryUpload, options?: CallOptions): Promise<UploadOutcome>;
  deleteFromLibrary(fileName: string, options?: CallOptions): Promise<{ readonly outcome: 'deleted' | 'not found' }>;
}

/** Opens a client of the Defender API; throws when the base URL is not one that may be given a token. */
export function createDefenderClient(options: DefenderClientOptions): DefenderClient {
  const gate: Gate = {
    admit: options.admit ?? OPEN_GATE.admit,
    onThrottled: options.onThrottled ?? OPEN_GATE.onThrottled,
  };
  const api = openApi({
    gate,
    baseUrl: readBaseUrl(options.baseUrl),
    wire: openWire(WIRE_LIMITS, options.dispatcher),
    tokens: options.tokens,
    now: options.now ?? Date.now,
    random: options.random ?? Math.random,
    wait: options.wait ?? waitFor,
    onCall: options.onCall ?? ignore,
  });
  return {
    getAlert: (alertId, how) => getAlert(api, alertId, how),
    listAlerts: (filter, how) => listAlerts(api, filter, how),
    readComments: (alertId, how) => readComments(api, alertId, how),
    addComment: (alertId, text, how) => addComment(api, alertId, text, how),
    getAlertFiles: (alertId, how) => getAlertFiles(api, alertId, how),
    getAlertMachine: (alertId, how) => getAlertMachine(api, alertId, how),
    getMachine: (machineId, how) => getMachine(api, machineId, how),
    findMachinesByName: (name, how) => findMachinesByName(api, name, how),
    startLiveResponse: (request, how) => startLiveResponse(api, request, how),
    getResultLink: (actionId, index, how) => getResultLink(api, actionId, index, how),
    listActions: (filter, how) => listActions(api, filter, how),
    getAction: (actionId, how) => getAction(api, actionId, how),
    cancelAction: (actionId, comment, how) => cancelAction(api, actionId, comment, how),
    listLibrary: (how) => listLibrary(api, how),
    uploadToLibrary: (upload, how) => uploadToLibrary(api, upload, how),
    deleteFromLibrary: (fileName, how) => deleteFromLibrary(api, fileName, how),
  };
}

async function waitFor(ms: number, signal?: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, signal === undefined ? {} : { signal });
}

function ignore(): void {
  // Nobody listens.
}
