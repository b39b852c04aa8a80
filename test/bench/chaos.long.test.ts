import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chaos-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Run {
  readonly said: Promise<string>;
  readonly ended: Promise<number | null>;
  readonly waitFor: (text: string) => Promise<void>;
  readonly interrupt: () => void;
  /** Processes of this run that are alive, and what lies in its temporary folder. */
  readonly findLeft: () => Promise<readonly string[]>;
}

/** Starts a run with a temporary folder of its own, which also marks its processes. */
async function startRun(name: string, args: readonly string[]): Promise<Run> {
  const own = await mkdtemp(join(folder, `${name}-`));
  const child = spawn(process.execPath, ['bench/chaos.ts', ...args], {
    cwd: root,
    env: { ...process.env, TMPDIR: own },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let heard = '';
  const waiting: (() => void)[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
    for (const look of waiting) look();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return {
    ended,
    said: ended.then(() => heard),
    waitFor: (text) => new Promise((resolve) => waiting.push(() => heard.includes(text) && resolve())),
    interrupt: () => void child.kill('SIGINT'),
    findLeft: async () => [...(await findMarked(own)), ...(await readdir(own))],
  };
}

async function findMarked(mark: string): Promise<readonly string[]> {
  const ids = (await readdir('/proc')).filter((id) => /^\d+$/.test(id) && id !== String(process.pid));
  const marked = await Promise.all(
    ids.map(async (id) =>
      (await readFile(`/proc/${id}/environ`, 'latin1').catch(() => '')).includes(mark) ? [`process ${id}`] : [],
    ),
  );
  return marked.flat();
}

describe.runIf(process.platform === 'linux').concurrent('npm run chaos', () => {
  it('I1, I3, I5, I6: six alerts under five kills are each collected once, and nothing is left over', async () => {
    const run = await startRun('whole', ['--seed', '1', '--kills', '5', '--alerts', '6', '--minutes', '9']);
    const said = await run.said;
    expect(await run.ended, said).toBe(0);
    expect(said).toMatch(/^kills +[5-9]: [1-9] at a call/m);
    // A post that named no machine and was repeated with one is a second collection, merged into the first.
    expect(said).toMatch(/^collections +(?:\d+ merged, )?6 collected/m);
    expect(said).toMatch(/^machine actions +6$/m);
    expect(said).toMatch(/^packages +6 intact/m);
    expect(said).toContain('Nothing was lost, run twice, overwritten or left over.');
    expect(await run.findLeft()).toEqual([]);
  });

  it('ends in time, and says where its traces are, when the app does not come to rest', async () => {
    // Five hundred kills, each with a start of the app, take longer than a minute on any machine.
    const seed = '1000001';
    const run = await startRun('short', ['--seed', seed, '--kills', '500', '--alerts', '4', '--minutes', '1']);
    const said = await run.said;
    const kept = join(root, '.local', `chaos-${seed}`);
    expect(await run.ended, said).toBe(1);
    expect(said).toContain('WRONG  the run as a whole: It had not come to rest after 1 minutes.');
    expect(said).toContain(kept);
    expect(await readdir(kept)).toEqual(expect.arrayContaining(['logs', 'rows.json', 'calls.json', 'findings.json']));
    expect(await readdir(join(kept, 'logs'))).toContain('first-001.log');
    await rm(kept, { recursive: true, force: true });
    expect(await run.findLeft()).toEqual([]);
  });

  it('ends everything on Ctrl+C', async () => {
    const run = await startRun('left', ['--seed', '1000002', '--kills', '50', '--alerts', '4']);
    await run.waitFor('Kill 2 of 50');
    expect(await run.findLeft()).not.toEqual([]);
    run.interrupt();
    expect(await run.ended).toBe(130);
    expect(await run.findLeft()).toEqual([]);
    expect(existsSync(join(root, '.local', 'chaos-1000002'))).toBe(false);
  });
});
