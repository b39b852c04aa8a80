import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { linuxScript, removeAll, runScript, sha256, unpack } from './linux-machine.ts';
import { encodeRequest, folderOf, newCollection } from './script-contract.ts';

// What every Linux has; no timeout, ss, ip, ps, who, systemctl, base64, sha256sum, nice tools.
const tools =
  'awk cat date dd df find fold grep gzip head id ls mkdir mv openssl readlink rm sed sleep stat tail tar tr uname wc xargs'.split(
    ' ',
  );

test('with the barest of tools it still answers, hashes and collects, and says which tool was not there', {
  timeout: 300_000,
}, async ({ onTestFinished }) => {
  const collection = newCollection();
  const folder = await mkdtemp(join(tmpdir(), 'minimal-'));
  onTestFinished(() => removeAll([folderOf(collection), folder]));
  await mkdir(join(folder, 'bin'));
  for (const tool of tools) {
    const path = execFileSync('sh', ['-c', 'command -v "$1"', 'sh', tool], { encoding: 'utf8' }).trim();
    await symlink(path, join(folder, 'bin', tool));
  }
  const text = await readFile(linuxScript, 'utf8');
  const script = join(folder, 'evidence-triage.sh');
  await writeFile(script, text.replace(/^PATH=.*$/m, `PATH=${join(folder, 'bin')}`));
  await writeFile(join(folder, "it's here"), 'content');
  execFileSync('mkfifo', [join(folder, 'fifo')]);
  const files = ["it's here", 'fifo', 'absent'].map((name) => ({ path: join(folder, name) }));

  const { run, answer } = await runScript('dash', [encodeRequest({ collection, files })], { script });
  expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  expect(answer).toMatchObject({
    ok: true,
    files: [{ status: 'collected', sha256: sha256('content') }, { status: 'not a regular file' }, { status: 'absent' }],
  });
  const { index, files: packed } = await unpack(`${folderOf(collection)}/evidence.tar.gz`, onTestFinished);
  for (const row of index.rows) {
    if (row.stored !== null) expect(packed.get(row.stored)).toEqual({ sha256: row.sha256, bytes: row.bytes });
  }
  const sockets = index.rows.find((row) => row.source.includes('/proc/net/tcp '));
  expect(sockets).toMatchObject({ status: 'collected' });
  expect(index.rows.find((row) => row.source.startsWith('ss '))).toMatchObject({
    status: 'absent',
    reason: 'This machine has no ss.',
  });
});
