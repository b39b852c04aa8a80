import { join } from 'node:path';
import { fileContent } from '../results/result.ts';
import type { RecordedScript, Recording } from '../scenario.ts';
import type { MachineParts } from './choose-machine.ts';
import type { Command, CommandEnd, RunCommand } from './command.ts';
import { findRecordedFile, replayFile } from './recorded-file.ts';
import { refuseArguments } from './refuse-arguments.ts';
import { writeWindowsTranscript } from './transcript.ts';

/** What a recorded machine is made of. */
export type RecordedParts = MachineParts & { recording: Recording };

/** Makes a Windows machine that answers from a recording. */
export function createRecordedMachine(parts: RecordedParts): RunCommand {
  const { scriptTimeoutMs } = parts.scenario.timings;
  return async (command, workFolder, signal) => {
    const takesMs = takingOf(command, parts);
    const isTooLong = command.type === 'RunScript' && takesMs > scriptTimeoutMs;
    await parts.clock.sleep(isTooLong ? scriptTimeoutMs : takesMs, signal);
    switch (command.type) {
      case 'PutFile':
        return parts.library.find(command.fileName) === undefined
          ? { kind: 'failed', error: `File ${command.fileName} was not found in the library` }
          : { kind: 'completed', content: undefined };
      case 'RunScript':
        if (isTooLong) return { kind: 'timed out', error: `Script ${command.scriptName} has timed out` };
        return await replayScript(parts, command, workFolder);
      case 'GetFile':
        return await replayFile(findRecordedFile(parts.recording, command.path), command.path, {
          workFolder,
          signal,
          clock: parts.clock,
        });
      default:
        return command satisfies never;
    }
  };
}

function takingOf(command: Command, { recording, scenario }: RecordedParts): number {
  const usual = scenario.timings.commandMs;
  switch (command.type) {
    case 'PutFile':
      return usual;
    case 'RunScript':
      return findScript(recording, command.scriptName)?.takesMs ?? usual;
    case 'GetFile':
      return findRecordedFile(recording, command.path)?.takesMs ?? usual;
    default:
      return command satisfies never;
  }
}

function findScript({ scripts }: Recording, name: string): RecordedScript | undefined {
  return Object.hasOwn(scripts, name) ? scripts[name] : undefined;
}

async function replayScript(
  { recording, library, scenario, switches }: RecordedParts,
  command: { scriptName: string; args: string | undefined },
  workFolder: string,
): Promise<CommandEnd> {
  const { scriptName, args } = command;
  const refusal = refuseArguments(args, scenario.limits, switches);
  if (refusal !== undefined) return { kind: 'failed', error: refusal.why };
  const notFound = `Script ${scriptName} was not found in the library`;
  if (library.find(scriptName) === undefined) return { kind: 'failed', error: notFound };
  const script = findScript(recording, scriptName);
  if (script === undefined) return { kind: 'failed', error: `Script ${scriptName} has no recording on this machine` };
  if ('failure' in script) return { kind: 'failed', error: script.failure };

  const target = join(workFolder, 'transcript.json');
  await writeWindowsTranscript({ scriptName, ...script }, target, switches);
  const content = await fileContent(target);
  if (script.exitCode === 0 || scenario.nonZeroExit === 'Completed') return { kind: 'completed', content };
  return { kind: 'failed', error: `Script ${scriptName} has failed with exit code ${script.exitCode}`, content };
}
