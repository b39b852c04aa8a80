import * as z from 'zod';
import { clockSchema } from './clock-offset.ts';
import { fileVerdictSchema } from './related-file-verdict.ts';

const at = z.iso.datetime();
const count = z.int().nonnegative();
const hash = z.string().nullable();

/** The shape of a row of one file that the alert names: what became of it, and how it compares. */
export const relatedFileSchema = z
  .object({
    /** As the alert says; null where it says nothing. */
    path: z.string().nullable(),
    sha256: hash,
    sha1: hash,
    md5: hash,
    sizeBytes: z.number().nullable(),
    state: z.enum(['collected', 'not collected', 'not requested']),
    /** One sentence for people, null for a file that was collected. */
    reason: z.string().nullable(),
    /** The file of the package that holds it, by itself or in an archive. */
    heldIn: z.string().nullable(),
    /** What the machine reported of it; null for no word. */
    reportedSha256: hash,
    reportedBytes: z.number().nullable(),
    comparison: fileVerdictSchema,
  })
  .readonly();

/** The shape of what a script said of its own run; times of the machine are by the machine's clock. */
export const scriptRunSchema = z
  .object({
    session: count,
    index: count,
    script: z.string(),
    /** SHA-256 of the script as it was run, as the machine reports it, and whether that is the reviewed one's. */
    reportedSha256: hash,
    isReviewed: z.enum(['yes', 'no', 'not told']),
    startedAt: at.nullable(),
    endedAt: at.nullable(),
    bootAt: at.nullable(),
    zone: z.string().nullable(),
    items: count.nullable(),
    errors: count.nullable(),
    clock: clockSchema.nullable(),
  })
  .readonly();

/** The shape of a trace that our own run left on the machine. */
export const traceSchema = z
  .object({
    session: count,
    what: z.enum(['process', 'folder', 'file']),
    name: z.string(),
    /** One sentence for people. */
    explanation: z.string(),
  })
  .readonly();

/** The shape of one command of a machine action, as Defender told of its end; times are by Defender's clock. */
export const commandEndSchema = z
  .object({ index: count, type: z.string(), status: z.string(), startedAt: at.nullable(), endedAt: at.nullable() })
  .readonly();

/** A row of one file that the alert names. */
export type RelatedFileRow = z.infer<typeof relatedFileSchema>;

/** What a script said of its own run. */
export type ScriptRunRow = z.infer<typeof scriptRunSchema>;

/** A trace that our own run left on the machine. */
export type TraceRow = z.infer<typeof traceSchema>;

/** One command of a machine action, as Defender told of its end. */
export type CommandEnd = z.infer<typeof commandEndSchema>;
