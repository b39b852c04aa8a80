import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** Bytes of a known length that can be streamed from any place; `end` is exclusive. */
export type ResultContent = { lengthBytes: number; read(start: number, end: number): Readable };

/** Whose result it is: machine, comment of the action, and the command's index; a package has none. */
export type ResultSubject = { machineId: string; comment: string; index: number | null };

/** A result as the blob that a link points to. */
export type Result = {
  blobPath: string;
  eTag: string;
  lastModified: Date;
  subject: ResultSubject;
  content: ResultContent;
};

/** The results by the path of their blob. */
export type Results = Map<string, Result>;

/** Makes the content of a file on disk; the file must not change any more. */
export async function fileContent(path: string): Promise<ResultContent> {
  const { size } = await stat(path);
  return { lengthBytes: size, read: (start, end) => createReadStream(path, { start, end: end - 1 }) };
}

/** Makes the content of bytes in memory. */
export function bytesContent(bytes: Uint8Array): ResultContent {
  return { lengthBytes: bytes.length, read: (start, end) => Readable.from([Buffer.from(bytes.subarray(start, end))]) };
}

/** Makes the blob of one command's result; its path and ETag stay the same however often a link to it is made. */
export function createResult(actionId: string, subject: ResultSubject, content: ResultContent, nowMs: number): Result {
  const name = createHash('md5').update(`${actionId}/${subject.index}`).digest('hex');
  const blobPath = `/investigation-actions-data/${actionId}/CustomPlaybookCommandOutput/${name}`;
  return { blobPath, eTag: makeETag(`${name}/${nowMs}`), lastModified: new Date(nowMs), subject, content };
}

/** Makes an ETag in the form of Blob Storage, the same for the same seed. */
export function makeETag(seed: string): string {
  return `"0x8D${createHash('md5').update(seed).digest('hex').slice(0, 13).toUpperCase()}"`;
}
