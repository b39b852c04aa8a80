import { constants } from 'node:fs';
import { copyFile, mkdir, open } from 'node:fs/promises';
import { basename, isAbsolute, join } from 'node:path';
import { writeGzip } from '../results/gzip.ts';
import { fileContent } from '../results/result.ts';
import type { MachineParts } from './choose-machine.ts';
import { type CommandEnd, getFileLimitBytes, type RunCommand } from './command.ts';
import { refuseArguments } from './refuse-arguments.ts';
import { runScript, splitArguments } from './run-script.ts';
import { readCaptured, writeTranscript } from './transcript.ts';

/** What a machine that executes is made of; `homeFolder` is where scripts start and PutFile puts. */
export type ExecutingParts = MachineParts & { homeFolder: string };

const putFileLimitBytes = 10 * 1024 * 1024;

/** Makes a Linux machine that really runs the library's scripts and really reads this computer's files. */
export function createExecutingMachine(parts: ExecutingParts): RunCommand {
  return async (command, workFolder, signal) => {
    await mkdir(parts.homeFolder, { recursive: true });
    switch (command.type) {
      case 'PutFile':
        return putFile(parts, command.fileName);
      case 'RunScript':
        return execute(parts, command, workFolder, signal);
      case 'GetFile':
        return packFile(parts, command.path, workFolder, signal);
      default:
        return command satisfies never;
    }
  };
}

async function putFile(parts: ExecutingParts, fileName: string): Promise<CommandEnd> {
  const file = parts.library.find(fileName);
  if (file === undefined) return { kind: 'failed', error: `File ${fileName} was not found in the library` };
  if (file.sizeBytes > putFileLimitBytes) return { kind: 'failed', error: `File ${fileName} exceeds the size limit` };
  await copyFile(file.path, join(parts.homeFolder, fileName));
  return { kind: 'completed', content: undefined };
}

async function execute(
  parts: ExecutingParts,
  command: { scriptName: string; args: string | undefined },
  workFolder: string,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const { scriptName, args } = command;
  const { scenario, switches } = parts;
  const refusal = refuseArguments(args, scenario.limits, switches);
  if (refusal !== undefined) return { kind: 'failed', error: refusal.why };
  const file = parts.library.find(scriptName);
  if (file === undefined) return { kind: 'failed', error: `Script ${scriptName} was not found in the library` };

  const scriptFolder = join(workFolder, 'script');
  const scriptPath = join(scriptFolder, scriptName);
  const outputPath = join(workFolder, 'output');
  const errorsPath = join(workFolder, 'errors');
  await mkdir(scriptFolder);
  await copyFile(file.path, scriptPath);
  const run = {
    scriptPath,
    args: splitArguments(args ?? '', switches.argumentSeparators),
    workingFolder: parts.homeFolder,
    outputPath,
    errorsPath,
    timeoutMs: scenario.timings.scriptTimeoutMs,
  };
  const end = await runScript(run, parts.clock, signal);
  if (end.kind === 'timed out') return { kind: 'timed out', error: `Script ${scriptName} has timed out` };

  const target = join(workFolder, 'transcript.json');
  const streams = { output: readCaptured(outputPath), errors: readCaptured(errorsPath) };
  await writeTranscript({ scriptName, exitCode: end.exitCode, ...streams }, target, switches);
  const content = await fileContent(target);
  if (end.exitCode === 0 || scenario.nonZeroExit === 'Completed') return { kind: 'completed', content };
  return { kind: 'failed', error: `Script ${scriptName} has failed with exit code ${end.exitCode}`, content };
}

/** Defender refuses what is absent, empty, no regular file, a link, over 3 GB, or sparse: here, without any block on disk. */
async function packFile(
  { switches }: ExecutingParts,
  path: string,
  workFolder: string,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const failed = (why: string): CommandEnd => ({ kind: 'failed', error: `Failed to get file ${path}: ${why}` });
  if (!isAbsolute(path) || path.includes('\0')) return failed('the path is not a full path');
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const opened = await open(path, flags).catch((error: unknown) => codeOf(error));
  if (typeof opened === 'string') return failed(opened);
  try {
    const facts = await opened.stat();
    if (!facts.isFile()) return failed('it is not a regular file');
    if (facts.size === 0) return failed('the file is empty');
    if (facts.size > getFileLimitBytes) return failed('the file is too large');
    if (facts.blocks === 0 && facts.size >= 4096 && switches.sparseFiles === 'refused') return failed('it is sparse');
    const target = join(workFolder, 'file.gz');
    const name = { fileName: basename(path), modifiedMs: facts.mtimeMs, packedOn: 'unix' } as const;
    await writeGzip(opened.createReadStream({ autoClose: false }), name, target, signal);
    return { kind: 'completed', content: await fileContent(target) };
  } finally {
    await opened.close();
  }
}

/** What the file system refuses is the machine's answer; anything else is a fault of the simulator. */
function codeOf(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  throw error;
}
