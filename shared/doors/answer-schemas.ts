import * as z from 'zod';
import { SEVERITIES } from '../domain/alert.ts';
import { COLLECTION_STATUSES } from '../domain/collection.ts';
import { publicKeySchema } from '../domain/signature.ts';
import { PROBLEM_CODES } from './problem.ts';

const at = z.iso.datetime();
const count = z.int().nonnegative();
const text = z.string();
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`));
const collectionId = z.string().regex(/^[0-9a-f]{32}(?:-r\d{1,3})?$/);
const status = z.enum(COLLECTION_STATUSES);
const url = z.url();

const collection = z.object({
  id: collectionId,
  status,
  reason: text.nullable().describe('One sentence that says why it is where it is.'),
  url,
  alertId: text,
  incidentId: text.nullable(),
  tenantId: text.nullable(),
  machineId: text.nullable(),
  machineName: text.nullable(),
  severity: z.enum(SEVERITIES),
  title: text.nullable(),
  receivedAt: at,
  deadline: at,
  endedAt: at.nullable().describe('Null while it has not come to its end.'),
  mergedInto: collectionId.nullable(),
  retryOf: collectionId.nullable(),
  united: z.array(collectionId),
  calledOff: z.object({ at, by: text, reason: text }).nullable(),
  silentSince: at.nullable(),
  notBefore: at.nullable(),
  profile: z.object({ id: text, title: text, sha256: hex(64) }).nullable(),
  actionId: text.nullable(),
  results: z.array(
    z.object({
      session: count,
      index: count,
      command: z.enum(['PutFile', 'RunScript', 'GetFile']),
      subject: text,
      status: z.enum(['planned', 'waiting', 'stored', 'missing', 'moved']),
      failure: text.nullable(),
      stored: z.object({ path: text, bytes: count, sha256: hex(64) }).nullable(),
      run: z
        .object({ outcome: text, exitCode: z.int().nullable(), answer: text, reason: text.nullable() })
        .nullable()
        .describe('How a script ended, as reported by the machine.'),
      script: z
        .object({ verdict: text, explanation: text })
        .nullable()
        .describe('Whether the script that made it is proven to be the reviewed one.'),
    }),
  ),
  package: z
    .object({
      manifestSha256: hex(64),
      tagmanifestSha256: hex(64),
      sealedAt: at,
      evidenceUrl: url,
      custodyUrl: url,
      reportUrl: url,
    })
    .nullable()
    .describe('Where the evidence lies, once it is sealed.'),
});

const pause = z.object({ at, by: text, reason: text });
const used = z.object({ limit: count, used: count, free: count });

/** Each answer of the HTTP API that is JSON, by the name it has in the description of the API. */
export const ANSWERS = {
  Problem: z.object({
    type: text,
    title: text,
    status: z.int().min(400).max(599),
    code: z.enum(PROBLEM_CODES),
    detail: text.describe('What happened, why, and what to do.'),
  }),
  Accepted: z.object({
    collections: z.array(z.object({ id: collectionId, status, url })),
    refused: z.array(z.object({ item: z.int().positive(), why: text })).optional(),
    left: z.array(z.object({ item: z.int().positive(), why: text })).optional(),
  }),
  Acknowledged: z.object({
    collections: z.array(z.never()).optional(),
    refused: z.array(z.object({ item: z.int().positive(), why: text })).optional(),
    left: z.array(z.object({ item: z.int().positive(), why: text })).optional(),
    validationResponse: text.optional().describe('What Event Grid asked to have back.'),
  }),
  Collection: collection,
  Operation: z.object({ id: hex(32), status: z.enum(['running', 'ended']), collections: z.array(collection) }),
  CollectionPage: z.object({ collections: z.array(collection), next: url.nullable() }),
  Custody: z.object({
    id: collectionId,
    head: hex(64),
    entries: z.array(
      z.object({
        number: z.int().positive(),
        at,
        event: text,
        actor: text,
        caller: text.optional(),
        detail: z.record(text, z.union([text, z.number(), z.null()])),
        previous: hex(64),
      }),
    ),
  }),
  EvidenceList: z.object({
    id: collectionId,
    status,
    container: text,
    files: z.array(z.object({ path: text, bytes: count })),
  }),
  Health: z.object({
    status: z.literal('up'),
    version: text,
    mode: z.enum(['off', 'observe', 'collect']),
    lastPollAt: at.nullable(),
    pause: pause.nullable(),
    setAside: z.array(text),
    profiles: count,
    scripts: count,
  }),
  KeySet: z.object({ keys: z.array(z.looseObject({ ...publicKeySchema.unwrap().shape, kid: text })) }),
  Quota: z.object({
    at,
    liveResponse: z.object({
      startsInMinute: used,
      sessions: z.object({ ...used.shape, silent: count }),
      free: count,
      blockedUntil: at.nullable(),
      reason: text.nullable(),
    }),
    apis: z.array(z.object({ name: text, inMinute: used, inHour: used, free: count, blockedUntil: at.nullable() })),
  }),
  Paused: z.object({ pause, calledOff: z.array(collectionId), notYet: z.array(collectionId) }),
  Resumed: z.object({ pause: z.null() }),
  Yielded: z.object({ machineId: hex(40), until: at, cancelled: z.array(collectionId) }),
  Plans: z.object({
    plans: z.array(
      z.looseObject({ outcome: z.enum(['would collect', 'would collect nothing']), reason: text.nullable() }),
    ),
    refused: z.array(z.object({ item: z.int().positive(), why: text })).optional(),
  }),
  LibrarySync: z.object({
    outcome: z.enum(['planned', 'applied']),
    library: z.enum(['holds the reviewed scripts', 'lacks reviewed scripts']),
    files: z.array(
      z.looseObject({
        name: text,
        state: z.enum(['new', 'same', 'different', 'foreign', 'unusable']),
        outcome: z.enum(['as it was', 'planned', 'refused', 'uploaded', 'replaced', 'failed']),
        reason: text,
      }),
    ),
  }),
  Polled: z.object({ open: count, statuses: z.partialRecord(status, count) }),
} as const;

/** What a caller sends, by the name it has in the description of the API. */
export const REQUESTS = {
  Alert: z
    .looseObject({ alertId: text.describe("The alert's id in Defender."), machineId: text.nullish() })
    .describe('The plain payload; the README lists the others, which are known by their shape.'),
  ByHand: z
    .looseObject({
      machineId: hex(40).nullish(),
      machineName: text.nullish(),
      profile: text.nullish(),
      files: z.array(text).nullish(),
    })
    .describe('A machine by its id or its name, without an alert; under a header Idempotency-Key.'),
  LibraryOrder: z.object({
    apply: z.boolean().optional().describe('Whether it is done; else it is only told.'),
    replace: z.array(text).optional().describe('Files that are not the reviewed ones and are to be.'),
  }),
  Order: z.object({
    reason: z.string().max(300).nullish(),
    minutes: z.int().min(1).max(10_080).optional().describe('How long a machine is left alone; 240 when absent.'),
    cancelRunning: z.boolean().optional().describe('Whether a pause calls off what runs as well.'),
  }),
} as const;

/** The name of an answer's or a request's schema. */
export type SchemaName = keyof typeof ANSWERS | keyof typeof REQUESTS;
