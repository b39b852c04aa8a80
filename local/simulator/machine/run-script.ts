import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { Switches } from '../switches.ts';

/** A script to run: its file, its arguments, the folder it starts in, and where its output goes. */
export type ScriptRun = {
  scriptPath: string;
  args: readonly string[];
  workingFolder: string;
  outputPath: string;
  errorsPath: string;
  timeoutMs: number;
};

/** How a script ended. */
export type ScriptEnd = { kind: 'exited'; exitCode: number } | { kind: 'timed out' };

const captureLimitBytes = 8 * 1024 * 1024;
const silenceMs = 150;

/**
 * Runs a script by bash in a process group of its own, with an almost empty environment; kills the group at the timeout
 * and when the signal is aborted, which throws. What a stream says beyond 8 MiB is dropped.
 */
export async function runScript(run: ScriptRun, clock: Clock, signal: AbortSignal): Promise<ScriptEnd> {
  signal.throwIfAborted();
  const child = spawn('bash', [run.scriptPath, ...run.args], {
    cwd: run.workingFolder,
    env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: run.workingFolder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const stopWaiting = new AbortController();
  const exit = once(child, 'exit');
  const captures = [capture(child.stdout, run.outputPath), capture(child.stderr, run.errorsPath)];
  const captured = Promise.all(captures.map((each) => each.closed));
  // Awaited below; without a handler until then, a full disk would end the process.
  captured.catch(() => undefined);
  const timeout = clock.sleep(run.timeoutMs, AbortSignal.any([signal, stopWaiting.signal])).then(
    () => 'timed out' as const,
    () => 'stopped' as const,
  );
  const first = await Promise.race([exit.then(() => 'exited' as const), timeout]);
  stopWaiting.abort();
  if (first !== 'exited') killGroup(child.pid);
  const [code, killedBy] = await exit;

  await drain(captures, captured);
  child.stdout.destroy();
  child.stderr.destroy();
  await captured;
  signal.throwIfAborted();
  if (first === 'timed out') return { kind: 'timed out' };
  return { kind: 'exited', exitCode: typeof code === 'number' ? code : 128 + signalNumber(killedBy) };
}

/** Splits an argument string; quotes are lost on the way, as they are on real machines. */
export function splitArguments(args: string, separators: Switches['argumentSeparators']): string[] {
  return args
    .replaceAll(/["']/g, '')
    .split(separators === 'white space' ? /\s+/ : /[\s,]+/)
    .filter((part) => part !== '');
}

type Capture = { heardBytes(): number; closed: Promise<void> };

function capture(stream: Readable, path: string): Capture {
  const file = createWriteStream(path);
  let heardBytes = 0;
  stream.on('data', (chunk: Buffer) => {
    const kept = chunk.subarray(0, Math.max(0, captureLimitBytes - heardBytes));
    heardBytes += chunk.length;
    if (kept.length > 0) file.write(kept);
  });
  const closed = new Promise<void>((resolve, reject) => {
    file.once('error', reject);
    stream.once('close', () => file.end(resolve));
  });
  return { heardBytes: () => heardBytes, closed };
}

/** Waits until the output is closed, or silent: a process that the script left behind may hold it open for ever. */
async function drain(captures: readonly Capture[], captured: Promise<unknown>): Promise<void> {
  const total = (): number => captures.reduce((sum, each) => sum + each.heardBytes(), 0);
  for (let heardBytes = -1; heardBytes !== total(); ) {
    heardBytes = total();
    const waited = await Promise.race([captured.then(() => 'closed' as const), delay(silenceMs, 'silent' as const)]);
    if (waited === 'closed') return;
    // What came in while the event loop was busy is read before the next turn's timers are judged.
    await nextTurn();
    await nextTurn();
  }
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function signalNumber(name: unknown): number {
  return Object.entries(constants.signals).find(([signal]) => signal === name)?.[1] ?? 0;
}
