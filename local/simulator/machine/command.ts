import type { ResultContent } from '../results/result.ts';

/** A command of a live response, checked when it was accepted. */
export type Command =
  | { type: 'PutFile'; fileName: string }
  | { type: 'RunScript'; scriptName: string; args: string | undefined }
  | { type: 'GetFile'; path: string };

/** How a command ended on the machine; a failed script may still have left a result. */
export type CommandEnd =
  | { kind: 'completed'; content: ResultContent | undefined }
  | { kind: 'failed'; error: string; content?: ResultContent }
  | { kind: 'timed out'; error: string };

/** Runs one command on a machine; `workFolder` is an empty folder of this command alone. */
export type RunCommand = (command: Command, workFolder: string, signal: AbortSignal) => Promise<CommandEnd>;

/** Largest file that GetFile brings: 3 GB. */
export const getFileLimitBytes = 3 * 1024 ** 3;
