import type { RelatedFile } from './alert.ts';
import type { OperatingSystem } from './machine.ts';

/** The longest argument that a script is given, in characters. */
const MAX_REQUEST_CHARACTERS = 8000;

/** What a script is asked to do; foreign strings are base64url inside, so that a POSIX shell reads it without a JSON parser. */
export interface ScriptRequest {
  readonly collectionId: string;
  readonly session: number;
  readonly archive: string;
  readonly limitBytes: number;
  readonly limitSeconds: number;
  readonly files: readonly RelatedFile[];
}

/** An encoded request, and how many of the files it names fitted into it. */
export interface EncodedRequest {
  readonly argument: string;
  readonly filesRequested: number;
}

/** The absolute path where a script leaves its archive, in a folder that only this session has. */
export function placeArchive(system: OperatingSystem, collectionId: string, session: number, name: string): string {
  const folder = `evidence-collector-${collectionId}-${session}`;
  switch (system) {
    case 'windows':
      return `C:\\Windows\\Temp\\${folder}\\${name}`;
    case 'linux':
    case 'macos':
      return `/var/tmp/${folder}/${name}`;
    default: {
      const unknown: never = system;
      throw new Error(`Unknown operating system ${String(unknown)}.`);
    }
  }
}

/** A script's one argument: base64url of a compact JSON with fixed key order; files that do not fit are left off the end. */
export function encodeRequest(request: ScriptRequest): EncodedRequest {
  const files = request.files.map((file) => ({ path: toBase64Url(file.path ?? ''), sha256: file.sha256 ?? '' }));
  for (let count = files.length; ; count -= 1) {
    const json = JSON.stringify({
      v: 1,
      collection: request.collectionId,
      session: request.session,
      archive: request.archive,
      limitBytes: request.limitBytes,
      limitSeconds: request.limitSeconds,
      files: files.slice(0, count),
    });
    const argument = toBase64Url(json);
    if (argument.length <= MAX_REQUEST_CHARACTERS || count === 0) return { argument, filesRequested: count };
  }
}

function toBase64Url(value: string): string {
  const bytes = new TextEncoder().encode(value);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
