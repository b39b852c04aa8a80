import { chmod, copyFile, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { removeAll, runScript, sha256, unixLibrary, unpack } from './linux-machine.ts';
import { encodeRequest, folderOf, newCollection } from './script-contract.ts';

const isRoot = process.getuid?.() === 0;
const nobody = 65_534;

/** The test of a script that is run by a user without rights: it collects what it may, and says what it may not. */
export function testWithoutRights(name: string): void {
  test.runIf(isRoot)(
    `without rights ${name} collects what it may, and says what it may not`,
    { timeout: 300_000 },
    async ({ onTestFinished }) => {
      const collection = newCollection();
      const files = await mkdtemp(join(tmpdir(), 'rights-'));
      onTestFinished(() => removeAll([folderOf(collection), files]));
      await chmod(files, 0o755);
      await copyFile(join(unixLibrary, name), join(files, name));
      await chmod(join(files, name), 0o644);
      await writeFile(join(files, 'secret'), 'secret', { mode: 0o600 });
      await writeFile(join(files, 'open'), 'open', { mode: 0o644 });
      await mkdir(join(files, 'closed'), { mode: 0o700 });
      const paths = ['secret', 'open', 'closed/inside'].map((path) => ({ path: join(files, path) }));
      const options = { uid: nobody, script: join(files, name) };
      const { run, answer } = await runScript('dash', [encodeRequest({ collection, files: paths })], options);
      expect(run).toMatchObject({ exitCode: 0, stderr: '' });
      expect(answer.files).toMatchObject([
        { status: 'unreadable', sha256: null },
        { status: 'collected', sha256: sha256('open') },
        { status: 'unreadable', sha256: null },
      ]);
      const { index } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
      const unreadable = index.rows.filter((row) => row.status === 'unreadable');
      expect(unreadable).not.toEqual([]);
      expect(unreadable.filter((row) => row.reason === null)).toEqual([]);
    },
  );
}
