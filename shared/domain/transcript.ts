import * as z from 'zod';
import type { ScriptReport } from './result.ts';

/** What a transcript says: the report, and the script's output and errors as they came (hostile text), without NULs at the end. */
export interface Transcript extends ScriptReport {
  readonly output: string;
  readonly errors: string;
}

const BEGIN = '-----BEGIN EVIDENCE ANSWER-----';
const END = '-----END EVIDENCE ANSWER-----';
const MAX_ANSWER_CHARACTERS = 1024 * 1024;
const MAX_REASON_CHARACTERS = 300;

/** The transcript of a RunScript (Defender: get live response result); one strange field does not spoil the others. */
const TranscriptJson = z.object({
  exit_code: z
    .union([
      z.int(),
      z
        .string()
        .regex(/^-?\d{1,10}$/)
        .transform(Number),
    ])
    .nullish()
    .catch(null),
  script_output: z.string().nullish().catch(null),
  script_errors: z.string().nullish().catch(null),
});

/** The answer of our scripts, reduced to what the report needs. */
const AnswerJson = z.object({
  v: z.literal(1).optional(),
  ok: z.boolean(),
  reason: z.string().nullish().catch(null),
  archive: z
    .object({
      sha256: z
        .string()
        .regex(/^[0-9a-fA-F]{64}$/)
        .toLowerCase()
        .nullish()
        .catch(null),
      bytes: z.int().nonnegative().nullish().catch(null),
    })
    .nullish()
    .catch(null),
  script: z
    .object({
      sha256: z
        .string()
        .regex(/^[0-9a-fA-F]{64}$/)
        .toLowerCase(),
    })
    .nullish()
    .catch(null),
});

const NO_ANSWER: Omit<ScriptReport, 'exitCode'> = {
  answer: 'none',
  reason: null,
  archiveSha256: null,
  archiveBytes: null,
};

/** The text of a transcript in UTF-8, or in UTF-16 as Windows writes it: by its byte order mark, or by where the NUL of its first character is (RFC 4627, 3). Never throws. */
export function decodeTranscript(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0);
  if (!isLittle && !isBig) return new TextDecoder().decode(bytes);
  // NULs at the end may leave half a character, which would be read as a broken one.
  const whole = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be').decode(whole);
}

/** What a transcript says of its script's run; a text that is no transcript has no exit code and no answer, and is all output. Never throws. */
export function readTranscript(text: string): Transcript {
  const read = TranscriptJson.safeParse(parseLeniently(text));
  if (!read.success) return { exitCode: null, ...NO_ANSWER, output: stripNuls(text), errors: '' };
  const output = stripNuls(read.data.script_output ?? '');
  const errors = stripNuls(read.data.script_errors ?? '');
  return { exitCode: read.data.exit_code ?? null, ...readAnswer(output), output, errors };
}

/** The JSON that a script printed between its markers, as it came; undefined when there is none. Never throws. */
export function findAnswer(output: string): unknown {
  const encoded = findLastAnswer(output);
  return encoded === null || encoded.length > MAX_ANSWER_CHARACTERS ? undefined : decodeAnswer(encoded);
}

function readAnswer(output: string): Omit<ScriptReport, 'exitCode'> {
  const read = AnswerJson.safeParse(findAnswer(output));
  if (!read.success) return NO_ANSWER;
  const { ok, reason, archive, script } = read.data;
  return {
    answer: ok ? 'ok' : 'not ok',
    reason: cleanReason(reason ?? ''),
    archiveSha256: archive?.sha256 ?? null,
    archiveBytes: archive?.bytes ?? null,
    ...(script ? { scriptSha256: script.sha256 } : {}),
  };
}

/** The text between the last pair of marker lines, without white space: what a script printed before its answer may imitate one. */
function findLastAnswer(output: string): string | null {
  const lines = output.split(/\r\n|[\r\n]/).map((line) => line.trim());
  let begin: number | null = null;
  let answer: string | null = null;
  for (const [number, line] of lines.entries()) {
    if (line === BEGIN) begin = number;
    if (line !== END || begin === null) continue;
    answer = lines
      .slice(begin + 1, number)
      .join('')
      .replaceAll(/\s+/g, '');
    begin = null;
  }
  return answer;
}

/** The JSON in a base64url text, with or without padding; undefined when it is none. */
function decodeAnswer(encoded: string): unknown {
  try {
    const binary = atob(encoded.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

/** JSON as real transcripts have it: with a byte order mark, NULs at the end, and raw control characters inside strings. */
function parseLeniently(text: string): unknown {
  const json = stripEnd(text.replace(/^\uFEFF/, ''), '\0 \t\r\n');
  for (const candidate of [() => json, () => escapeControls(json)]) {
    try {
      return JSON.parse(candidate());
    } catch {
      // The next candidate is more lenient.
    }
  }
  return undefined;
}

function escapeControls(json: string): string {
  const pieces: string[] = [];
  let copied = 0;
  let place: 'outside' | 'string' | 'escape' = 'outside';
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (place === 'outside') {
      if (code === 0x22) place = 'string';
      continue;
    }
    if (code < 0x20) {
      pieces.push(json.slice(copied, at), `\\u${code.toString(16).padStart(4, '0')}`);
      copied = at + 1;
    }
    if (place === 'escape') place = 'string';
    else if (code === 0x5c) place = 'escape';
    else if (code === 0x22) place = 'outside';
  }
  pieces.push(json.slice(copied));
  return pieces.join('');
}

function stripNuls(text: string): string {
  return stripEnd(text, '\0');
}

/** A regular expression would take quadratic time on hostile text. */
function stripEnd(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** One line without control and direction characters, null when nothing is left. */
function cleanReason(reason: string): string | null {
  const line = reason
    .toWellFormed()
    .replaceAll(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
    .trim();
  return Array.from(line).slice(0, MAX_REASON_CHARACTERS).join('') || null;
}
