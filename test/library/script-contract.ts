import { randomBytes } from 'node:crypto';
import { z } from 'zod';

/** A file asked of a script: its path as text, and the SHA-256 the alert has for it or ''. */
export type AskedFile = { path: string; sha256?: string };

/** What a test asks of the Linux script; what is left out is what production sends. */
export type Ask = {
  collection?: string;
  session?: number;
  archive?: string;
  limitBytes?: number;
  limitSeconds?: number;
  files?: AskedFile[];
  options?: string[];
};

const answerSchema = z.strictObject({
  v: z.literal(1),
  ok: z.boolean(),
  reason: z.string().nullable(),
  script: z.strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  machine: z.strictObject({ utc: z.iso.datetime(), zone: z.string().min(1), bootAt: z.iso.datetime().nullable() }),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  archive: z
    .strictObject({ path: z.string(), bytes: z.int().positive(), sha256: z.string().regex(/^[0-9a-f]{64}$/) })
    .nullable(),
  items: z.int().nonnegative(),
  errors: z.int().nonnegative(),
  files: z.array(
    z.strictObject({
      path: z.string().regex(/^[A-Za-z0-9_-]*$/),
      status: z.enum(['collected', 'absent', 'too large', 'unreadable', 'not a regular file', 'skipped']),
      verdict: z.enum(['same', 'changed', 'gone', 'quarantined', 'too large', 'not comparable']).optional(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable(),
      bytes: z.int().nonnegative().nullable(),
    }),
  ),
  detached: z.strictObject({ until: z.iso.datetime(), script: z.string().nullable().optional() }).optional(),
});

/** A script's answer as the contract has it, checked key by key. */
export type Answer = z.infer<typeof answerSchema>;

const indexSchema = z.object({
  v: z.literal(1),
  collection: z.string(),
  session: z.int(),
  machine: z.object({ name: z.string(), utc: z.string(), zone: z.string(), bootAt: z.string().nullable() }),
  own: z.object({ pid: z.int(), folder: z.string() }),
  rows: z.array(
    z.object({
      id: z.int().positive(),
      category: z.string().min(1),
      source: z.string().min(1),
      path: z.string().nullable(),
      stored: z
        .string()
        .regex(/^(artifacts\/[0-9]+\.(txt|raw|jsonl|evtx)|files\/[0-9]+)$/)
        .nullable(),
      bytes: z.int().nonnegative().nullable(),
      sha256: z.string().nullable(),
      status: z.enum([
        'collected',
        'truncated',
        'absent',
        'too large',
        'unreadable',
        'not a regular file',
        'failed',
        'skipped',
      ]),
      reason: z.string().nullable(),
      request: z
        .object({ index: z.int().nonnegative(), sha256: z.string().nullable(), verdict: z.string().optional() })
        .nullable(),
    }),
  ),
});

/** The index.json of an archive, as far as the tests read it. */
export type Index = z.infer<typeof indexSchema>;

/** base64url without padding of UTF-8 text. */
export function encodeText(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}

/** A fresh collection id, 32 hex digits. */
export function newCollection(): string {
  return randomBytes(16).toString('hex');
}

/** The folder on a Linux machine that belongs to a collection's session. */
export function folderOf(collection: string, session = 0): string {
  return `/var/tmp/evidence-collector-${collection}-${session}`;
}

/** The argument of the Linux script: base64url of compact JSON in the contract's key order. */
export function encodeRequest(ask: Ask): string {
  const collection = ask.collection ?? newCollection();
  const session = ask.session ?? 0;
  const request = {
    v: 1,
    collection,
    session,
    archive: ask.archive ?? `${folderOf(collection, session)}/evidence.tar.gz`,
    limitBytes: ask.limitBytes ?? 52_428_800,
    limitSeconds: ask.limitSeconds ?? 480,
    files: (ask.files ?? []).map((file) => ({ path: encodeText(file.path), sha256: file.sha256 ?? '' })),
    ...(ask.options === undefined ? {} : { options: ask.options }),
  };
  return encodeText(JSON.stringify(request));
}

/** The answer between the two markers in a script's output; throws when it is not exactly as the contract has it. */
export function readAnswer(stdout: string): Answer {
  const found = /^-----BEGIN EVIDENCE ANSWER-----\r?\n([\s\S]*)\n-----END EVIDENCE ANSWER-----\r?$/m.exec(stdout);
  if (found === null) throw new Error(`no answer between the markers in: ${stdout.slice(0, 500)}`);
  const lines = (found[1] ?? '').split(/\r?\n/);
  if (lines.some((line) => line.length > 76)) throw new Error('a line of the answer is longer than 76 characters');
  return answerSchema.parse(JSON.parse(Buffer.from(lines.join(''), 'base64url').toString('utf8')));
}

/** The index of an archive; throws when a row is not as the contract has it. */
export function readIndex(text: string): Index {
  return indexSchema.parse(JSON.parse(text));
}
