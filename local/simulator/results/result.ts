import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** Bytes of a known length that can be streamed from any place; `end` is exclusive. */
export type ResultContent = { lengthBytes: number; read(start: number, end: number): Readable };

/** A command's result as the blob that a result link points to. */
export type Result = { blobPath: string; eTag: string; lastModified: Date; content: ResultContent };

/** The results by the path of their blob. */
export type Results = Map<string, Result>;

/** Makes the content of a file on disk; the file must not change any more. */
export async function fileContent(path: string): Promise<ResultContent> {
  const { size } = await stat(path);
  return { lengthBytes: size, read: (start, end) => createReadStream(path, { start, end: end - 1 }) };
}

/** Makes the blob of one command's result; its path and ETag stay the same however often a link to it is made. */
export function createResult(actionId: string, index: number, content: ResultContent, nowMs: number): Result {
  const name = createHash('md5').update(`${actionId}/${index}`).digest('hex');
  const eTag = `"0x8D${createHash('md5').update(`${name}/${nowMs}`).digest('hex').slice(0, 13).toUpperCase()}"`;
  const blobPath = `/investigation-actions-data/${actionId}/CustomPlaybookCommandOutput/${name}`;
  return { blobPath, eTag, lastModified: new Date(nowMs), content };
}
