import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const run = promisify(execFile);

async function processesOf(parent: number): Promise<readonly string[]> {
  const { stdout } = await run('ps', ['-eo', 'pid=,ppid=']);
  const rows = stdout
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/));
  const children = rows.flatMap(([pid, ppid]) => (ppid === String(parent) && pid !== undefined ? [pid] : []));
  const below = await Promise.all(children.map((child) => processesOf(Number(child))));
  return [...children, ...below.flat()];
}

it('npm start without --once stays up, takes another alert by its curl command, and Ctrl+C ends everything it started', async () => {
  const child = spawn(process.execPath, ['local/start/main.ts', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      said.push(line);
      if (line.startsWith('Press Ctrl+C')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code}:\n${said.join('\n')}`)));
  });
  expect(said.join('\n')).toMatch(/Verification intact/);
  const curl = said.find((line) => line.includes('curl') && line.includes('/api/alerts'))?.trim() ?? '';
  const { stdout } = await run('bash', ['-c', curl]);
  expect(JSON.parse(stdout)).toMatchObject({ collections: [{ id: expect.stringMatching(/^[0-9a-f]{32}$/) }] });

  const started = await processesOf(child.pid ?? 0);
  expect(started.length).toBeGreaterThanOrEqual(2);
  child.kill('SIGINT');
  expect(await ended).toBe(0);
  const { stdout: alive } = await run('ps', ['-eo', 'pid=']);
  const left = alive.split('\n').map((pid) => pid.trim());
  for (const pid of started) expect(left).not.toContain(pid);
});
