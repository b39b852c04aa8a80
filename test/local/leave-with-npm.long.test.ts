import { spawn } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Ids of the processes whose environment bears a mark, so that only this test's own are seen. */
async function findMarked(mark: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  const marked = await Promise.all(
    ids.map(async (id) =>
      (await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '')).includes(mark) ? [id] : [],
    ),
  );
  return marked.flat();
}

it.runIf(process.platform === 'linux')('npm start ends everything when npm itself is told to end', async () => {
  const mark = `LEAVE_WITH_NPM_${process.pid}`;
  const npm = spawn('npm', ['start', '--', '--port', '0'], {
    cwd: root,
    env: { ...process.env, [mark]: '1' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve) => {
    npm.stdout.on('data', (chunk: Buffer) => {
      if (chunk.includes('An alert fires')) resolve();
    });
  });
  expect((await findMarked(mark)).length).toBeGreaterThan(3);
  npm.kill('SIGTERM');
  await expect.poll(() => findMarked(mark), { timeout: 30_000 }).toEqual([]);
});
