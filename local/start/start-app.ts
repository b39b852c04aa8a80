import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The app on the local host, in a process of its own. */
export interface App {
  readonly url: string;
  readonly processId: number;
  readonly close: () => Promise<void>;
}

const MAIN = fileURLToPath(new URL('../host/main.ts', import.meta.url));
const START_LIMIT_MS = 60_000;

/** Starts the local host with these settings; what the app prints goes to the log file, a line each. */
export async function startApp(options: {
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly logFile: string;
}): Promise<App> {
  const log = createWriteStream(options.logFile, { flags: 'a' });
  const child = spawn(process.execPath, [MAIN, '--port', String(options.port)], {
    env: { ...process.env, ...options.settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = await new Promise<string>((resolve, reject) => {
    const last: string[] = [];
    const timer = setTimeout(
      () => reject(new Error(`The app did not start within ${START_LIMIT_MS / 1000} s; see ${options.logFile}.`)),
      START_LIMIT_MS,
    );
    const read = (line: string) => {
      last.push(line);
      if (last.length > 20) last.shift();
      const listening = /^Listening on (http:\S+)$/.exec(line)?.[1];
      // Lines are written in order: whoever is told that the app listens finds all before in the file.
      log.write(`${line}\n`, () => {
        if (listening === undefined) return;
        clearTimeout(timer);
        resolve(listening);
      });
    };
    createInterface({ input: child.stdout }).on('line', read);
    createInterface({ input: child.stderr }).on('line', read);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`The app ended with code ${code} before it listened:\n${last.join('\n')}`));
    });
  });
  return { url, processId: child.pid ?? 0, close: () => end(child).finally(() => log.end()) };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}
