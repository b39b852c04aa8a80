import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { endScript, removeAll, startScript } from './linux-machine.ts';
import { encodeRequest, folderOf, newCollection, readAnswer } from './script-contract.ts';
import { copyWithStubs, type Stubs } from './script-stubs.ts';

// Where a user without rights may write. A user whom nobody else is makes what a run left its own, whatever runs beside it.
const places = ['/tmp', '/var/tmp', '/dev/shm', '/run', '/var/lock', '/var/spool', '/var/crash', '/var/cache'];

// What hangs is the script's look at the links of processes, which it makes without a limit of its own.
const hanging = (mark: string): Stubs => ({
  readlink: `case "$*" in */proc/[0-9]*) : >'${mark}'; trap '' TERM; sleep 300 ;; *) exec /usr/bin/readlink "$@" ;; esac`,
});

const endings: { how: string; ok: boolean; limitSeconds: number; stubs: (mark: string) => Stubs }[] = [
  { how: 'success', ok: true, limitSeconds: 240, stubs: () => ({}) },
  { how: 'a failure to pack', ok: false, limitSeconds: 240, stubs: () => ({ tar: 'exit 2' }) },
  { how: 'its time limit', ok: true, limitSeconds: 10, stubs: hanging },
  { how: 'a signal', ok: false, limitSeconds: 240, stubs: hanging },
];

/**
 * The tests that a script leaves its archive behind, or nothing: no file anywhere, no process.
 */
export function testLeavesNothing(name: string): void {
  // As one that changes users only root can.
  describe.runIf(process.getuid?.() === 0).concurrent(`what ${name} leaves`, () => {
    for (const [index, { how, ok, limitSeconds, stubs }] of endings.entries()) {
      const shell = index % 2 === 0 ? 'bash' : 'dash';
      test(`after ${how}, in ${shell}`, { timeout: 180_000 }, async ({ onTestFinished }) => {
        // By the number of this process, as the tests may run twice on one machine.
        const uid = 20_000 + (process.pid % 2_500) * 16 + index;
        const collection = newCollection();
        const folder = await mkdtemp(join(tmpdir(), 'leaves-'));
        onTestFinished(async () => {
          for (const pid of listProcesses(uid)) process.kill(pid, 'SIGKILL');
          await removeAll([folder, folderOf(collection)]);
        });
        await chmod(folder, 0o777);
        const script = await copyWithStubs(name, folder, stubs(join(folder, 'hangs')));
        for (const path of [script, join(folder, 'bin')]) await chmod(path, 0o755);
        expect(listLeft(uid, folder)).toEqual([]);
        const files = [{ path: '/etc/passwd' }, { path: '/nowhere', sha256: 'a'.repeat(64) }];
        const child = startScript(shell, [encodeRequest({ collection, limitSeconds, files })], { uid, script });
        const ended = endScript(child);
        if (how === 'a signal') {
          await waitForFile(join(folder, 'hangs'));
          child.kill('SIGTERM');
        }
        expect(readAnswer((await ended).stdout).ok).toBe(ok);
        const archive = [folderOf(collection), `${folderOf(collection)}/evidence.tar.gz`];
        expect(listLeft(uid, folder)).toEqual(ok ? archive : []);
        await waitForNoProcess(uid);
      });
    }
  });
}

/** The files of a user where one may write, but for those in the test's own folder. */
function listLeft(uid: number, but: string): string[] {
  const find = `find "$@" -xdev -maxdepth 3 -user ${uid} -print 2>&1 || true`;
  const found = execFileSync('sh', ['-c', find, 'sh', ...places, process.cwd()], { encoding: 'utf8' });
  const lines = found.split('\n').filter((line) => line.startsWith('/') && !line.startsWith(but));
  return [...new Set(lines)].toSorted();
}

async function waitForFile(path: string): Promise<void> {
  while ((await readFile(path).catch(() => null)) === null) await new Promise((done) => setTimeout(done, 20));
}

/** Waits until no process of a user is left; what a script forgot would sleep for longer than the test may take. */
async function waitForNoProcess(uid: number): Promise<void> {
  while (listProcesses(uid).length > 0) await new Promise((done) => setTimeout(done, 50));
}

/** The processes of a user that are not ended, by number. */
function listProcesses(uid: number): number[] {
  const states = execFileSync('ps', ['-eo', 'pid=,uid=,stat='], { encoding: 'utf8' });
  const found = states.split('\n').map((line) => line.trim().split(/\s+/));
  return found.flatMap(([pid, owner, state = 'Z']) =>
    owner === String(uid) && !state.startsWith('Z') ? [Number(pid)] : [],
  );
}
