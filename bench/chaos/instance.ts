import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** How a process ended: its exit code, or the signal that ended it. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The app in a process of its own, from the moment that it is spawned: it may be killed before it listens. `listening`
 * answers its URL, null if it ended before; `ended` is settled when its last line is in the log.
 */
export interface Instance {
  readonly processId: number;
  readonly logFile: string;
  readonly listening: Promise<string | null>;
  readonly ended: Promise<Ending>;
  readonly kill: () => void;
  readonly close: () => Promise<void>;
}

const MAIN = fileURLToPath(new URL('../../local/host/main.ts', import.meta.url));
const CLOSE_LIMIT_MS = 8_000;

/** Starts the local host on a free port; what it prints goes to the log file, a line each. */
export function startInstance(settings: Readonly<Record<string, string>>, logFile: string): Instance {
  const log = createWriteStream(logFile, { flags: 'a' });
  const child = spawn(process.execPath, [MAIN, '--port', '0'], {
    env: { ...process.env, ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const listening = Promise.withResolvers<string | null>();
  const read = (line: string): void => {
    log.write(`${line}\n`);
    const url = /^Listening on (http:\S+)$/.exec(line)?.[1];
    if (url !== undefined) listening.resolve(url);
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', read);

  const ended = new Promise<Ending>((resolve) => {
    const settle = (ending: Ending): void => {
      listening.resolve(null);
      log.end(() => resolve(ending));
    };
    // Not `exit`, which may come before what it printed last has been read.
    child.once('close', (code, signal) => settle({ code, signal }));
    child.once('error', () => child.pid === undefined && settle({ code: null, signal: null }));
  });
  const kill = (): void => void child.kill('SIGKILL');
  const close = async (): Promise<void> => {
    child.kill('SIGTERM');
    const force = setTimeout(kill, CLOSE_LIMIT_MS);
    await ended;
    clearTimeout(force);
  };
  return { processId: child.pid ?? 0, logFile, listening: listening.promise, ended, kill, close };
}
