import * as z from 'zod';
import type { RelatedFile } from './alert.ts';
import type { OperatingSystem } from './machine.ts';

/** The longest argument that a script is given, in characters. */
export const MAX_REQUEST_CHARACTERS = 8000;

/** What a script is asked to do; foreign strings are base64url inside, so that a POSIX shell reads it without a JSON parser. */
export interface ScriptRequest {
  readonly collectionId: string;
  readonly session: number;
  readonly archive: string;
  readonly limitBytes: number;
  readonly limitSeconds: number;
  readonly files: readonly RelatedFile[];
  /** Words that ask a script for more; left out of the request where there are none. */
  readonly options?: readonly string[];
}

/** An encoded request, how many of the files fitted into it, and those that did not. */
export interface EncodedRequest {
  readonly argument: string;
  readonly filesRequested: number;
  readonly left: readonly RelatedFile[];
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

/** A script's one argument: base64url of a compact JSON with fixed key order; a file that does not fit is left out. */
export function encodeRequest(request: ScriptRequest, mostCharacters = MAX_REQUEST_CHARACTERS): EncodedRequest {
  const { collectionId: collection, session, archive, limitBytes, limitSeconds, options = [] } = request;
  const last = options.length === 0 ? {} : { options };
  const write = (files: readonly object[]) =>
    toBase64Url(JSON.stringify({ v: 1, collection, session, archive, limitBytes, limitSeconds, files, ...last }));
  const fitting: object[] = [];
  const left: RelatedFile[] = [];
  let argument = write(fitting);
  for (const file of request.files) {
    const longer = write([...fitting, { path: toBase64Url(file.path ?? ''), sha256: file.sha256 ?? '' }]);
    if (longer.length > mostCharacters) {
      left.push(file);
      continue;
    }
    fitting.push({ path: toBase64Url(file.path ?? ''), sha256: file.sha256 ?? '' });
    argument = longer;
  }
  return { argument, filesRequested: fitting.length, left };
}

/** The files that an encoded request asks for; none for an argument that is no request of ours. */
export function readRequestedFiles(argument: string): readonly { readonly path: string; readonly sha256: string }[] {
  try {
    const read = requestSchema.safeParse(JSON.parse(fromBase64Url(argument)));
    return read.success ? read.data.files.map(({ path, sha256 }) => ({ path: fromBase64Url(path), sha256 })) : [];
  } catch {
    return [];
  }
}

const HEAD = /^\{"v":1,"collection":"([0-9a-f]{32}(?:-r\d{1,3})?)"/;

/** The collection that an argument of ours names, also when the rest of it was cut off; null for any other text. */
export function readRequestHead(argument: string): string | null {
  try {
    return HEAD.exec(fromBase64Url(argument.slice(0, 120)))?.[1] ?? null;
  } catch {
    return null;
  }
}

/** The limits that an encoded request sets; null for an argument that is no request of ours. */
export function readRequestLimits(argument: string): { readonly bytes: number; readonly seconds: number } | null {
  try {
    const read = limitsSchema.safeParse(JSON.parse(fromBase64Url(argument)));
    return read.success ? { bytes: read.data.limitBytes, seconds: read.data.limitSeconds } : null;
  } catch {
    return null;
  }
}

const limitsSchema = z.object({ v: z.literal(1), limitBytes: z.number(), limitSeconds: z.number() });

const requestSchema = z.object({ v: z.literal(1), files: z.array(z.object({ path: z.string(), sha256: z.string() })) });

function fromBase64Url(value: string): string {
  const binary = atob(value.replaceAll('-', '+').replaceAll('_', '/'));
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

function toBase64Url(value: string): string {
  const bytes = new TextEncoder().encode(value);
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
