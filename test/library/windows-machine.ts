import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { type Answer, readAnswer } from './script-contract.ts';

/** The path of a Windows script of the library by its name without evidence- and .ps1. */
export function windowsScript(name: string): string {
  return resolve(import.meta.dirname, `../../library/windows/evidence-${name}.ps1`);
}

/** The folder on a Windows machine that belongs to a collection's session. */
export function folderOnWindows(collection: string, session = 0): string {
  return `C:\\Windows\\Temp\\evidence-collector-${collection}-${session}`;
}

/** Runs a Windows script of the library on this machine, which must be Windows, elevated, with Windows PowerShell 5.1. */
export function runOnWindows(script: string, argument: string): { answer: Answer; exitCode: number | null } {
  const options = ['-NoProfile', '-NonInteractive', '-ExecutionPolicy', 'Bypass', '-File', script, argument];
  const done = spawnSync('powershell.exe', options, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { answer: readAnswer(done.stdout), exitCode: done.status };
}
