import { spawn } from 'node:child_process';
import { chown, lchown, lstat, mkdir, mkdtemp, rename, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeAll, runScript, sha256 } from './linux-machine.ts';
import { encodeRequest, folderOf, newCollection } from './script-contract.ts';
import { copyWithStubs } from './script-stubs.ts';

const isRoot = process.getuid?.() === 0;

// The stand-in for dd swaps the folder of the file for a link right before the script reads: the worst moment there is.
test.runIf(isRoot).each(['bash', 'dash'])(
  'in %s, what a folder that is swapped under the script leads to is not kept',
  { timeout: 300_000 },
  async (shell) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'swapped-'));
    try {
      await mkdir(join(folder, 'way'));
      await mkdir(join(folder, 'secrets'));
      await writeFile(join(folder, 'way', 'name'), 'harmless');
      await writeFile(join(folder, 'secrets', 'name'), 'secret');
      await chown(join(folder, 'way'), 65_534, 65_534);
      await symlink(join(folder, 'secrets'), join(folder, 'link'));
      await lchown(join(folder, 'link'), 65_534, 65_534);
      const dd = `case "$*" in *if=./name*)
  if [ ! -h '${folder}/way' ]; then mv '${folder}/way' '${folder}/before'; mv '${folder}/link' '${folder}/way'; fi ;;
esac
exec /usr/bin/dd "$@"`;
      const script = await copyWithStubs('evidence-alerted-files.sh', folder, { dd });
      const files = [{ path: join(folder, 'way', 'name') }];
      const { answer } = await runScript(shell, [encodeRequest({ collection, files })], { script });
      expect(answer.files).toMatchObject([{ status: 'not a regular file', sha256: null }]);
      expect(JSON.stringify(answer)).not.toContain(sha256('secret'));
    } finally {
      await removeAll([folder, folderOf(collection)]);
    }
  },
);

test.each(['bash', 'dash'])(
  'in %s, what a file that is swapped for a link under the script leads to is not kept',
  { timeout: 300_000 },
  async (shell) => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'swapped-'));
    try {
      await mkdir(join(folder, 'way'));
      await writeFile(join(folder, 'way', 'name'), 'harmless');
      await writeFile(join(folder, 'secret'), 'secret');
      const dd = `case "$*" in *if=./name*) ln -sf '${folder}/secret' '${folder}/way/name' ;; esac
exec /usr/bin/dd "$@"`;
      const script = await copyWithStubs('evidence-alerted-files.sh', folder, { dd });
      const files = [{ path: join(folder, 'way', 'name') }];
      const { answer } = await runScript(shell, [encodeRequest({ collection, files })], { script });
      expect((await lstat(join(folder, 'way', 'name'))).isSymbolicLink()).toBe(true);
      expect(answer.files).toMatchObject([{ status: 'unreadable', sha256: null }]);
    } finally {
      await removeAll([folder, folderOf(collection)]);
    }
  },
);

test.runIf(isRoot)(
  'a folder that is swapped all the time never yields what it leads to',
  { timeout: 300_000 },
  async () => {
    const collection = newCollection();
    const folder = await mkdtemp(join(tmpdir(), 'swapping-'));
    await mkdir(join(folder, 'way'));
    await mkdir(join(folder, 'secrets'));
    for (let index = 0; index < 12; index += 1) {
      await writeFile(join(folder, 'way', String(index)), 'harmless');
      await writeFile(join(folder, 'secrets', String(index)), 'secret');
    }
    await symlink(join(folder, 'secrets'), join(folder, 'link'));
    await lchown(join(folder, 'link'), 65_534, 65_534);
    await rename(join(folder, 'way'), join(folder, 'real'));
    const swap = `cd '${folder}' || exit 1; while :; do mv real way; mv way real; mv -T link way; mv -T way link; done`;
    const swapper = spawn('sh', ['-c', swap], { stdio: 'ignore' });
    try {
      const files = Array.from({ length: 12 }, (_, index) => ({ path: join(folder, 'way', String(index)) }));
      const script = join(import.meta.dirname, '../../library/unix/evidence-alerted-files.sh');
      const { answer } = await runScript('dash', [encodeRequest({ collection, files })], { script });
      expect(
        answer.files.map(({ sha256: sum }) => sum).filter((sum) => sum !== null && sum !== sha256('harmless')),
      ).toEqual([]);
    } finally {
      const ended = new Promise((resolve) => swapper.once('exit', resolve));
      swapper.kill('SIGKILL');
      await ended;
      await removeAll([folder, folderOf(collection)]);
    }
  },
);
