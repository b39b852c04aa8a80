import { writeFile } from 'node:fs/promises';
import { join, win32 } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { generatedContent, generatedGzip } from '../results/generated-content.ts';
import { type GzipName, writeGzip } from '../results/gzip.ts';
import { fileContent, type ResultContent } from '../results/result.ts';
import type { RecordedFile, Recording } from '../scenario.ts';
import { type CommandEnd, getFileLimitBytes } from './command.ts';

/** Why GetFile brings no file, as data for recordings; the words are ours, as Defender's are not documented. */
export const fileFailures = {
  missing: 'The system cannot find the file specified',
  locked: 'The process cannot access the file because it is being used by another process',
  sparse: 'The file is sparse',
  'reparse point': 'The file is a reparse point',
  'in the cloud': 'The cloud file provider is not running',
} as const;

/** Finds what a recording has for a path. */
export function findRecordedFile({ files, anyFile }: Recording, path: string): RecordedFile | undefined {
  return (Object.hasOwn(files, path) ? files[path] : undefined) ?? anyFile;
}

/** Makes the end of a GetFile from what was recorded: nothing, a failure, or content in the form that Defender sends. */
export async function replayFile(
  file: RecordedFile | undefined,
  path: string,
  parts: { workFolder: string; signal: AbortSignal; clock: Clock },
): Promise<CommandEnd> {
  if (file === undefined) return { kind: 'failed', error: `Failed to get file ${path}: ENOENT` };
  if ('failure' in file) return { kind: 'failed', error: file.failure };
  const lengthBytes = lengthOf(file);
  if (lengthBytes === 0) return { kind: 'failed', error: `Failed to get file ${path}: the file is empty` };
  if (lengthBytes > getFileLimitBytes) {
    return { kind: 'failed', error: `Failed to get file ${path}: the file is too large` };
  }
  const fileName = file.gzipName === undefined ? win32.basename(path) : file.gzipName;
  const name: GzipName = { fileName, modifiedMs: parts.clock.now(), packedOn: 'windows' };
  return { kind: 'completed', content: await contentOf(file, name, join(parts.workFolder, 'file'), parts.signal) };
}

type Stored = Extract<RecordedFile, { gzip: boolean }>;

function lengthOf({ content }: Stored): number {
  return 'generated' in content ? content.generated.bytes : bytesOf(content).length;
}

async function contentOf(
  { content, gzip }: Stored,
  name: GzipName,
  target: string,
  signal: AbortSignal,
): Promise<ResultContent> {
  if ('generated' in content) {
    const { bytes, seed } = content.generated;
    return gzip ? generatedGzip(bytes, seed, name) : generatedContent(bytes, seed);
  }
  if (gzip) await writeGzip(Readable.from([bytesOf(content)]), name, target, signal);
  else await writeFile(target, bytesOf(content));
  return await fileContent(target);
}

function bytesOf(content: { text: string } | { base64: string }): Buffer {
  return 'text' in content ? Buffer.from(content.text, 'utf8') : Buffer.from(content.base64, 'base64');
}
