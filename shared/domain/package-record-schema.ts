import * as z from 'zod';
import { SEVERITIES } from './alert.ts';
import { commandEndSchema, relatedFileSchema, scriptRunSchema, traceSchema } from './package-record-machine-schema.ts';
import { scriptVerdictSchema } from './script-verdict.ts';
import { comparisonSchema } from './verdict.ts';

const at = z.iso.datetime();
const count = z.int().nonnegative();
const hex = (digits: number) => z.string().regex(new RegExp(`^[0-9a-f]{${digits}}$`), `${digits} hex digits`);
const hashes = { bytes: count, sha256: hex(64), sha1: hex(40), md5: hex(32) };
const place = { session: count, index: count };

/** The shape of a custody entry in a package record: all of its line but the hash that chains it. */
export const custodyRowSchema = z
  .object({
    number: count,
    /** By the clock of the instance that wrote it; order is by number. */
    at,
    /** By the table service's clock when the collection was read for this entry; absent where that is not known. */
    atService: at.optional(),
    event: z.string(),
    actor: z.string(),
    /** Who asked for it, where somebody did and is known. */
    caller: z.string().optional(),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).readonly(),
  })
  .readonly();

const command = z.discriminatedUnion('type', [
  z.object({ index: count, type: z.literal('PutFile'), fileName: z.string() }).readonly(),
  z.object({ index: count, type: z.literal('RunScript'), scriptName: z.string(), args: z.string() }).readonly(),
  z.object({ index: count, type: z.literal('GetFile'), path: z.string(), madeBy: count.nullable() }).readonly(),
]);

const scriptReport = z
  .object({
    exitCode: z.number().nullable(),
    answer: z.enum(['ok', 'not ok', 'none']),
    reason: z.string().nullable(),
    archiveSha256: z.string().nullable(),
    archiveBytes: z.number().nullable(),
    /** SHA-256 of the script as it says it was run; absent where it says none. */
    scriptSha256: hex(64).optional(),
  })
  .readonly();

const resultBasis = { ...place, command: z.enum(['PutFile', 'RunScript', 'GetFile']), subject: z.string() };

const resultRow = z.discriminatedUnion('status', [
  z
    .object({
      ...resultBasis,
      status: z.literal('stored'),
      path: z.string(),
      ...hashes,
      /** The content of a gzip; null when the bytes are no gzip or its content was over the cap. */
      inside: z.object(hashes).readonly().nullable(),
      storedAt: at,
      /** What Defender said went wrong with the command, null when it completed. */
      failure: z.string().nullable(),
      report: scriptReport.nullable(),
      machineAgainstStorage: comparisonSchema.nullable(),
      /** Whether the script that made it was the reviewed one; null where no script did, and in packages of earlier versions. */
      script: scriptVerdictSchema.nullable().default(null),
    })
    .readonly(),
  z.object({ ...resultBasis, status: z.literal('missing'), reason: z.string() }).readonly(),
  z.object({ ...resultBasis, status: z.literal('moved') }).readonly(),
]);

/** The shape of collection.json in a package; members with a default are absent in packages of earlier versions. */
export const packageRecordSchema = z
  .object({
    recordVersion: z.literal(1),
    product: z.object({ name: z.string(), version: z.string() }).readonly(),
    collectionId: z.string(),
    /** The collection of which this one collects what was missing, null for a first one. */
    retryOf: z.string().nullable().default(null),
    /** Collections of other alerts on this machine that were merged into this one before it was dispatched. */
    united: z.array(z.string()).readonly().default([]),
    outcome: z.enum(['collected', 'partial', 'failed', 'cancelled']),
    receivedFrom: z.string(),
    deadline: at,
    alert: z
      .object({
        id: z.string(),
        incidentId: z.string().nullable(),
        tenantId: z.string().nullable(),
        severity: z.enum(SEVERITIES),
        title: z.string().nullable(),
        category: z.string().nullable().default(null),
        detectionSource: z.string().nullable().default(null),
        /** When Defender raised it, by Defender's clock. */
        createdAt: at.nullable().default(null),
      })
      .readonly(),
    machine: z
      .object({ id: z.string(), name: z.string().nullable(), osPlatform: z.string().nullable().default(null) })
      .readonly(),
    /** Times of the custody log's entries; null for what did not happen. */
    times: z
      .object({
        receivedAt: at,
        lookedUpAt: at.nullable(),
        startedAt: at.nullable(),
        endedAt: at.nullable(),
        copiedAt: at.nullable(),
        sealedAt: at,
      })
      .readonly(),
    profile: z
      .object({
        id: z.string(),
        title: z.string(),
        sha256: z.string(),
        /** The conditions by which it matched, in words; none for one that takes every alert. */
        why: z.array(z.string()).readonly().default([]),
      })
      .readonly(),
    scripts: z.array(z.object({ name: z.string(), sha256: z.string() }).readonly()).readonly(),
    /** How many related files did not fit into the request. */
    filesNotRequested: count,
    sessions: z.array(z.object({ session: count, commands: z.array(command).readonly() }).readonly()).readonly(),
    machineActions: z
      .array(
        z
          .object({
            id: z.string(),
            session: count.nullable(),
            attempt: count.nullable(),
            startedAt: at,
            endedAt: at.nullable(),
            /** Defender's status at its end, `gone` when Defender knew it no more, null when no end was seen. */
            endedAs: z.string().nullable(),
            commands: z.array(commandEndSchema).readonly().default([]),
          })
          .readonly(),
      )
      .readonly(),
    results: z.array(resultRow).readonly(),
    /** The files that the alert names, and those of the alerts that were united with it. */
    relatedFiles: z.array(relatedFileSchema).readonly().default([]),
    scriptRuns: z.array(scriptRunSchema).readonly().default([]),
    /** What our own run left on the machine. */
    leftOnMachine: z.array(traceSchema).readonly().default([]),
    documents: z.array(z.object({ path: z.string(), bytes: count, sha256: hex(64) }).readonly()).readonly(),
    custody: z
      .object({
        count,
        /** SHA-256 of the last line of custody.jsonl. */
        head: hex(64),
        entries: z.array(custodyRowSchema).readonly(),
      })
      .readonly(),
  })
  .readonly();

/** The content of collection.json: what was asked, planned, sent, stored and missing, and when. */
export type PackageRecord = z.infer<typeof packageRecordSchema>;

/** An entry of the custody log in a package record, without the hash that chains it. */
export type CustodyRow = PackageRecord['custody']['entries'][number];

/** One result in a package record. */
export type ResultRow = PackageRecord['results'][number];
