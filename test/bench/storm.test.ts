import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Runs the benchmark; its exit code is a result, not a fault. */
function run(...flags: readonly string[]) {
  return new Promise<{ readonly code: number | null; readonly stdout: string; readonly stderr: string }>((resolve) => {
    const child = execFile(process.execPath, ['bench/storm.ts', ...flags], { cwd: root }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    );
  });
}

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'storm-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('npm run bench:storm', () => {
  it('prints ours, the ideal and the pattern of today side by side, and writes the plot', async () => {
    const svg = join(folder, 'deeper', 'storm.svg');
    const { code, stdout } = await run('--alerts', '40', '--machines', '20', '--seed', '1', '--svg', svg);
    expect(stdout).toContain('40 alerts on 20 machines within 5 min, seed 1');
    expect(stdout).toMatch(/ours +ideal +today's pattern/);
    expect(stdout.match(/^(met|missed) /gm)).toHaveLength(4);
    expect(code).toBe(stdout.includes('\nmissed ') ? 1 : 0);
    const plot = await readFile(svg, 'utf8');
    expect(plot).toMatch(/^<svg [^>]*>[\s\S]*<\/svg>\n$/);
    expect(plot.match(/<path /g)).toHaveLength(10);
    expect(plot).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('says what a flag takes', async () => {
    const { code, stderr } = await run('--machines', 'many');
    expect(code).toBe(1);
    expect(stderr).toContain('--machines takes a whole number from 1');
  });
});
