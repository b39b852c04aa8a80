import { writeFile } from 'node:fs/promises';
import { join, win32 } from 'node:path';
import { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Library } from '../library.ts';
import { generatedContent, generatedGzip } from '../results/generated-content.ts';
import { type GzipName, writeGzip } from '../results/gzip.ts';
import { fileContent, type ResultContent } from '../results/result.ts';
import type { RecordedFile, Recording, Scenario } from '../scenario.ts';
import { type CommandEnd, getFileLimitBytes, type RunCommand, refuseArguments } from './command.ts';
import { writeWindowsTranscript } from './transcript.ts';

/** What a recorded machine is made of. */
export type RecordedParts = {
  recording: Recording;
  library: Library;
  clock: Clock;
  commandMs: number;
  nonZeroExit: Scenario['nonZeroExit'];
};

/** Makes a Windows machine that answers from a recording. */
export function createRecordedMachine(parts: RecordedParts): RunCommand {
  return async (command, workFolder, signal) => {
    await parts.clock.sleep(parts.commandMs, signal);
    switch (command.type) {
      case 'PutFile':
        return parts.library.find(command.fileName) === undefined
          ? { kind: 'failed', error: `File ${command.fileName} was not found in the library` }
          : { kind: 'completed', content: undefined };
      case 'RunScript':
        return await replayScript(parts, command, workFolder);
      case 'GetFile':
        return await replayFile(parts, command.path, workFolder, signal);
      default:
        return command satisfies never;
    }
  };
}

async function replayScript(
  { recording, library, nonZeroExit }: RecordedParts,
  command: { scriptName: string; args: string | undefined },
  workFolder: string,
): Promise<CommandEnd> {
  const { scriptName, args } = command;
  const refusal = refuseArguments(args);
  if (refusal !== undefined) return { kind: 'failed', error: refusal };
  const notFound = `Script ${scriptName} was not found in the library`;
  if (library.find(scriptName) === undefined) return { kind: 'failed', error: notFound };
  const script = Object.hasOwn(recording.scripts, scriptName) ? recording.scripts[scriptName] : undefined;
  if (script === undefined) return { kind: 'failed', error: `Script ${scriptName} has no recording on this machine` };
  if ('failure' in script) return { kind: 'failed', error: script.failure };

  const target = join(workFolder, 'transcript.json');
  await writeWindowsTranscript({ scriptName, ...script }, target);
  const content = await fileContent(target);
  if (script.exitCode === 0 || nonZeroExit === 'Completed') return { kind: 'completed', content };
  return { kind: 'failed', error: `Script ${scriptName} has failed with exit code ${script.exitCode}`, content };
}

async function replayFile(
  { recording, clock }: RecordedParts,
  path: string,
  workFolder: string,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const own = Object.hasOwn(recording.files, path) ? recording.files[path] : undefined;
  const file = own ?? recording.anyFile;
  if (file === undefined) return { kind: 'failed', error: `Failed to get file ${path}: ENOENT` };
  if ('failure' in file) return { kind: 'failed', error: file.failure };
  const lengthBytes = lengthOf(file);
  if (lengthBytes === 0) return { kind: 'failed', error: `Failed to get file ${path}: the file is empty` };
  if (lengthBytes > getFileLimitBytes) {
    return { kind: 'failed', error: `Failed to get file ${path}: the file is too large` };
  }
  const name: GzipName = { fileName: win32.basename(path), modifiedMs: clock.now(), packedOn: 'windows' };
  return { kind: 'completed', content: await contentOf(file, name, join(workFolder, 'file'), signal) };
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
