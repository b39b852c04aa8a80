import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Finding } from './finding.ts';
import { readRows } from './read-storage.ts';
import type { Lived } from './lived.ts';
import type { World } from './start-world.ts';

/** Keeps what a finding can be explained by: the apps' logs, the rows, Defender's actions and calls, the kills. Answers the folder. */
export async function keepTraces(
  folder: string,
  { storage, simulator, logFolder }: World,
  { struck, posted }: Lived,
  findings: readonly Finding[],
): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await cp(logFolder, join(folder, 'logs'), { recursive: true });
  const traces: Readonly<Record<string, unknown>> = {
    findings,
    kills: struck,
    posts: posted.acknowledged,
    rows: await readRows(storage.connectionString),
    actions: simulator.actions(),
    calls: simulator.calls(),
  };
  for (const [name, content] of Object.entries(traces))
    await writeFile(join(folder, `${name}.json`), `${JSON.stringify(content, null, 2)}\n`);
  return folder;
}
