import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command `npm run host` in a process of its own. */
export type MainProcess = {
  url: string;
  output(): string;
  errors(): string;
  /** Sends the signal and resolves to the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  exited: Promise<number | null>;
};

const mainFile = fileURLToPath(new URL('../../../local/host/main.ts', import.meta.url));

/** The fixture app's file. */
export const fixtureApp = fileURLToPath(new URL('fixture-app/app.ts', import.meta.url));

/** Starts the command and resolves when it listens, or when it has ended (then `url` is empty). */
export async function startMain(args: string[], settings: Record<string, string> = {}): Promise<MainProcess> {
  const child = spawn(process.execPath, [mainFile, ...args], {
    env: { PATH: process.env['PATH'], ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  const exited = once(child, 'close').then(([code]): number | null => code);
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const url = await new Promise<string>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const listening = /^Listening on (\S+)$/m.exec(output)?.[1];
      if (listening !== undefined) resolve(listening);
    });
    void exited.then(() => resolve(''));
  });
  return {
    url,
    output: () => output,
    errors: () => errors,
    end: (signal) => {
      child.kill(signal);
      return exited;
    },
    exited,
  };
}
