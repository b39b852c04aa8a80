import { readdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

const head = /^# ===== head: .*?^# ===== end of the head =====$/ms;

/** The head that the scripts of library/unix share, with its first and last line; throws when a script has none. */
export function readHead(script: string): string {
  const found = head.exec(script)?.[0];
  if (found === undefined)
    throw new Error('The script has no head between its two lines. Copy one from another script.');
  return found;
}

/** Gives every script of library/unix the head that evidence-triage.sh has. */
async function main(): Promise<void> {
  const folder = resolve(import.meta.dirname, '../library/unix');
  const wanted = readHead(await readFile(resolve(folder, 'evidence-triage.sh'), 'utf8'));
  for (const name of await readdir(folder)) {
    const text = await readFile(resolve(folder, name), 'utf8');
    await writeFile(
      resolve(folder, name),
      text.replace(readHead(text), () => wanted),
    );
  }
  console.log('Every script of library/unix has the head of evidence-triage.sh. Now run: npm run lock');
}

if (import.meta.main) await main();
