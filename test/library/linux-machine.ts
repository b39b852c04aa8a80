import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Answer, type Index, readAnswer, readIndex } from './script-contract.ts';

const runFile = promisify(execFile);

/** The folder of the scripts under test. */
export const unixLibrary = resolve(import.meta.dirname, '../../library/unix');

/** The Linux triage. */
export const linuxScript = join(unixLibrary, 'evidence-triage.sh');

/** How a run of a script ended. */
export type Run = { exitCode: number | null; stdout: string; stderr: string };

/** Starts the Linux script in a real shell, with these arguments, as this user. */
export function startScript(
  shell: string,
  args: string[],
  options: { uid?: number; script?: string } = {},
): ChildProcess {
  return spawn(shell, [options.script ?? linuxScript, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
}

/** Waits for a started script and takes what it wrote. */
export async function endScript(child: ChildProcess): Promise<Run> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (bytes: Buffer) => {
    stdout += bytes.toString('latin1');
  });
  child.stderr?.on('data', (bytes: Buffer) => {
    stderr += bytes.toString('latin1');
  });
  const exitCode = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  return { exitCode, stdout, stderr };
}

/** Runs the Linux script to its end and reads its answer. */
export async function runScript(
  shell: string,
  args: string[],
  options: { uid?: number; script?: string } = {},
): Promise<{ run: Run; answer: Answer }> {
  const run = await endScript(startScript(shell, args, options));
  return { run, answer: readAnswer(run.stdout) };
}

/** What an archive holds: its index, its files by name with their SHA-256 and bytes, and the folder they lie in. */
export type Unpacked = { index: Index; files: Map<string, { sha256: string; bytes: number }>; folder: string };

/** Unpacks an archive with tar into a new folder, which goes when the caller is done, and hashes each file. */
export async function unpack(archive: string, whenDone: (act: () => Promise<void>) => void): Promise<Unpacked> {
  const folder = await mkdtemp(join(tmpdir(), 'evidence-unpacked-'));
  whenDone(() => removeAll([folder]));
  await runFile('tar', ['-xzf', archive, '-C', folder]);
  const files = new Map<string, { sha256: string; bytes: number }>();
  for (const part of ['artifacts', 'files']) {
    for (const name of await readdir(join(folder, part))) {
      const content = await readFile(join(folder, part, name));
      files.set(`${part}/${name}`, { sha256: sha256(content), bytes: content.length });
    }
  }
  return { index: readIndex(await readFile(join(folder, 'index.json'), 'utf8')), files, folder };
}

/** SHA-256 of bytes, in hex. */
export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The processes that work in or below a folder, by number: what a script left running. */
export async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (cwd === folder || cwd.startsWith(`${folder}/`)) found.push(name);
  }
  return found;
}

/** The children of a process, by number. */
export async function childrenOf(pid: number): Promise<number[]> {
  const found: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^[0-9]+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
    if (parent === String(pid)) found.push(Number(name));
  }
  return found;
}

/** Removes folders and files, whether they are there or not. */
export async function removeAll(paths: string[]): Promise<void> {
  for (const path of paths) await rm(path, { recursive: true, force: true, maxRetries: 5 });
}
