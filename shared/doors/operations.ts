import type { SchemaName } from './answer-schemas.ts';
import type { Act } from './authorize.ts';
import type { ProblemCode } from './problem.ts';
import { LIST_PARAMETERS } from './read-list-query.ts';
import { DOWNLOAD_PARAMETERS } from './read-wrapping.ts';

/** What an answer is: JSON of a schema, or something else by its media type. */
export interface Answer {
  readonly what: string;
  readonly schema?: SchemaName;
  readonly mediaType?: string;
  /** Whether it says where to ask again and when. */
  readonly follow?: 'Location and Retry-After';
}

/** One call of the HTTP API; its id is the name of the function that answers it. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly act: Act;
  readonly summary: string;
  readonly query?: readonly string[];
  readonly body?: { readonly schema: SchemaName; readonly required: 'required' | 'optional' };
  readonly answers: Readonly<Record<number, Answer>>;
  readonly problems: readonly ProblemCode[];
}

const ACCEPTED: Answer = {
  what: 'It was taken; ask at Location, as late as Retry-After says.',
  schema: 'Accepted',
  follow: 'Location and Retry-After',
};

/** All calls of the HTTP API. */
export const OPERATIONS: readonly Operation[] = [
  {
    ...{ id: 'receive-alert', method: 'post', path: '/alerts', act: 'submit' },
    summary: 'Sends alerts, each of which is collected once',
    body: { schema: 'Alert', required: 'required' },
    answers: {
      200: { what: 'Nothing of it is to be collected, or it was a handshake.', schema: 'Acknowledged' },
      202: ACCEPTED,
    },
    problems: [
      ...(['no-body', 'not-json', 'wrong-content-type', 'body-too-large'] as const),
      ...(['unknown-payload', 'too-many-alerts', 'too-many-today', 'switched-off'] as const),
    ],
  },
  {
    ...{ id: 'create-collection', method: 'post', path: '/collections', act: 'operate' },
    summary: 'Collects from a machine without an alert',
    body: { schema: 'ByHand', required: 'required' },
    answers: { 202: ACCEPTED },
    problems: [
      ...(['no-body', 'not-json', 'wrong-content-type', 'body-too-large'] as const),
      ...(['wrong-order', 'no-key', 'key-used', 'switched-off'] as const),
    ],
  },
  {
    ...{ id: 'plan', method: 'post', path: '/plan', act: 'operate' },
    summary: 'What would be collected and why; nothing is touched',
    body: { schema: 'Alert', required: 'required' },
    answers: { 200: { what: 'The plans.', schema: 'Plans' } },
    problems: [
      ...(['no-body', 'not-json', 'wrong-content-type', 'body-too-large'] as const),
      ...(['unknown-payload', 'too-many-alerts'] as const),
    ],
  },
  {
    ...{ id: 'sync-library', method: 'post', path: '/library/sync', act: 'operate' },
    summary: 'Compares the live response library with the reviewed scripts, and mends it if told to',
    body: { schema: 'LibraryOrder', required: 'optional' },
    answers: { 200: { what: 'What each file is, and what was done.', schema: 'LibrarySync' } },
    problems: ['wrong-order'],
  },
  {
    ...{ id: 'get-operation', method: 'get', path: '/operations/{id}', act: 'follow' },
    summary: 'What became of what was sent',
    answers: {
      200: { what: 'All of its collections have ended.', schema: 'Operation' },
      202: { what: 'One is still open; ask again.', schema: 'Operation', follow: 'Location and Retry-After' },
    },
    problems: ['not-found'],
  },
  {
    ...{ id: 'list-collections', method: 'get', path: '/collections', act: 'read' },
    summary: 'Collections, the newest first, page by page',
    query: LIST_PARAMETERS,
    answers: { 200: { what: 'A page; it may be short or empty and yet have a next.', schema: 'CollectionPage' } },
    problems: ['wrong-query'],
  },
  {
    ...{ id: 'get-collection', method: 'get', path: '/collections/{id}', act: 'read' },
    summary: 'One collection',
    answers: { 200: { what: 'The collection.', schema: 'Collection' } },
    problems: ['not-found'],
  },
  {
    ...{ id: 'get-custody', method: 'get', path: '/collections/{id}/custody', act: 'read' },
    summary: 'The custody log of a collection',
    answers: { 200: { what: 'Its entries, chained by hashes.', schema: 'Custody' } },
    problems: ['not-found'],
  },
  {
    ...{ id: 'list-evidence', method: 'get', path: '/collections/{id}/evidence', act: 'read' },
    summary: "The files of a collection's package",
    answers: { 200: { what: 'Their paths and lengths.', schema: 'EvidenceList' } },
    problems: ['not-found'],
  },
  {
    ...{ id: 'get-evidence-item', method: 'get', path: '/collections/{id}/evidence/{item}', act: 'read' },
    summary: "A file of a collection's package as a download; item is its path, with slashes as they are or encoded",
    query: DOWNLOAD_PARAMETERS,
    answers: {
      200: {
        what: 'Its bytes as they are stored; with as=zip, in a zip under AES-256 and the password infected.',
        mediaType: 'application/octet-stream',
      },
    },
    problems: ['not-found', 'wrong-query'],
  },
  {
    ...{ id: 'get-report', method: 'get', path: '/collections/{id}/report', act: 'read' },
    summary: 'The report of a collection as a page',
    answers: { 200: { what: 'The report.', mediaType: 'text/html' } },
    problems: ['not-found', 'no-report-yet'],
  },
  {
    ...{ id: 'cancel-collection', method: 'post', path: '/collections/{id}/cancel', act: 'operate' },
    summary: 'Ends a collection before its time; what was collected is sealed',
    body: { schema: 'Order', required: 'optional' },
    answers: { 202: { what: 'It was called off.', schema: 'Collection' } },
    problems: ['not-found', 'wrong-order', 'too-late'],
  },
  {
    ...{ id: 'retry-collection', method: 'post', path: '/collections/{id}/retry', act: 'operate' },
    summary: 'Opens another collection for what one did not bring',
    answers: { 202: ACCEPTED },
    problems: ['not-found', 'nothing-to-retry'],
  },
  {
    ...{ id: 'get-quota', method: 'get', path: '/quota', act: 'read' },
    summary: "How much of each of Defender's quotas is used",
    answers: { 200: { what: 'The quotas, shared by all instances.', schema: 'Quota' } },
    problems: [],
  },
  {
    ...{ id: 'get-keys', method: 'get', path: '/keys', act: 'follow' },
    summary: "The public keys of packages' signatures",
    answers: { 200: { what: 'A JWK set (RFC 7517).', schema: 'KeySet', mediaType: 'application/jwk-set+json' } },
    problems: [],
  },
  {
    ...{ id: 'get-health', method: 'get', path: '/health', act: 'follow' },
    summary: 'How the app is',
    answers: { 200: { what: 'Version, mode, pause, and when the last poll ran.', schema: 'Health' } },
    problems: [],
  },
  {
    ...{ id: 'get-openapi', method: 'get', path: '/openapi.json', act: 'follow' },
    summary: 'This description',
    answers: { 200: { what: 'An OpenAPI 3.1 document.', mediaType: 'application/json' } },
    problems: [],
  },
  {
    ...{ id: 'wake-poll', method: 'post', path: '/poll', act: 'operate' },
    summary: 'Does what the timer does, now',
    answers: { 200: { what: 'What the poll saw.', schema: 'Polled' } },
    problems: [],
  },
  {
    ...{ id: 'pause', method: 'post', path: '/pause', act: 'operate' },
    summary: 'Starts nothing more, on any instance, until it is resumed',
    body: { schema: 'Order', required: 'optional' },
    answers: { 200: { what: 'It is paused.', schema: 'Paused' } },
    problems: ['wrong-order'],
  },
  {
    ...{ id: 'resume', method: 'post', path: '/resume', act: 'operate' },
    summary: 'Lets everything go on that a pause stopped',
    answers: { 200: { what: 'It is resumed.', schema: 'Resumed' } },
    problems: [],
  },
  {
    ...{ id: 'yield-machine', method: 'post', path: '/machines/{id}/yield', act: 'operate' },
    summary: 'Leaves a machine to its responders for a while',
    body: { schema: 'Order', required: 'optional' },
    answers: { 200: { what: 'Until when, and what of ours made way.', schema: 'Yielded' } },
    problems: ['not-found', 'wrong-order'],
  },
];
