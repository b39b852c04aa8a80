import * as z from 'zod';
import { findAnswer } from './transcript.ts';

/** What a machine said of one file that a script was asked for. */
export interface TestifiedFile {
  readonly path: string;
  /** The script's own word, such as `collected`, `absent` or `too large`; the list is open. */
  readonly status: string;
  readonly sha256: string | null;
  readonly bytes: number | null;
}

/** What a script said of its run, its machine and the files it was asked for: a claim of the machine, which may lie. */
export interface ScriptTestimony {
  /** SHA-256 of the script as it was run, hex. */
  readonly scriptSha256: string | null;
  /** By the machine's own clock, ISO 8601 UTC. */
  readonly machineUtc: string | null;
  readonly bootAt: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The name of the machine's time zone, one line of at most 60 characters. */
  readonly zone: string | null;
  readonly archivePath: string | null;
  readonly archiveBytes: number | null;
  /** How many things it collected, and how many it could not. */
  readonly items: number | null;
  readonly errors: number | null;
  readonly files: readonly TestifiedFile[];
}

const MAX_FILES = 1000;
const MAX_PATH_CHARACTERS = 33_000;

const lenient = <T extends z.ZodType>(shape: T) => shape.nullish().catch(null);
const sha256 = lenient(
  z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .toLowerCase(),
);
const count = lenient(z.int().nonnegative());
const at = lenient(z.iso.datetime());
const text = lenient(z.string());

const AnswerJson = z.object({
  script: lenient(z.object({ sha256 })),
  machine: lenient(z.object({ utc: at, zone: text, bootAt: at })),
  startedAt: at,
  endedAt: at,
  archive: lenient(z.object({ path: text, bytes: count })),
  items: count,
  errors: count,
  files: z
    .array(z.unknown())
    .nullish()
    .catch(null)
    .transform((files) => files ?? []),
});

const FileJson = z.object({
  path: z.string().max(2 * MAX_PATH_CHARACTERS),
  status: z.string(),
  sha256,
  bytes: count,
});

/** Reads what a script said between its markers; null when it gave no answer. One strange field does not spoil the others. Never throws. */
export function readTestimony(output: string): ScriptTestimony | null {
  const read = AnswerJson.safeParse(findAnswer(output));
  if (!read.success) return null;
  const { script, machine, archive, startedAt, endedAt, items, errors, files } = read.data;
  return {
    scriptSha256: script?.sha256 ?? null,
    machineUtc: machine?.utc ?? null,
    bootAt: machine?.bootAt ?? null,
    startedAt: startedAt ?? null,
    endedAt: endedAt ?? null,
    zone: machine?.zone?.toWellFormed().slice(0, 60) ?? null,
    archivePath: archive?.path?.toWellFormed().slice(0, MAX_PATH_CHARACTERS) ?? null,
    archiveBytes: archive?.bytes ?? null,
    items: items ?? null,
    errors: errors ?? null,
    files: files.slice(0, MAX_FILES).flatMap(readFile),
  };
}

function readFile(value: unknown): readonly TestifiedFile[] {
  const read = FileJson.safeParse(value);
  if (!read.success) return [];
  const { path, status, sha256: hash, bytes } = read.data;
  const decoded = decodePath(path);
  if (decoded === null) return [];
  return [{ path: decoded, status: status.toWellFormed().slice(0, 40), sha256: hash ?? null, bytes: bytes ?? null }];
}

/** A path in base64url of its UTF-8, null for what is none. */
function decodePath(encoded: string): string | null {
  try {
    const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
  } catch {
    return null;
  }
}
