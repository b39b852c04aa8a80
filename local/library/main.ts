import { stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { spellHidden } from '../../shared/domain/escape-html.ts';
import type { SyncOrder } from '../../shared/pipeline/sync-library.ts';
import { readLocalSettings } from '../host/read-local-settings.ts';
import { printLines, printTable } from './print-library.ts';
import { syncFromHere } from './sync-from-here.ts';

const USAGE = `Usage: npm run library -- [--apply] [--replace NAME]...

  (nothing)        compares the tenant's live response library with the reviewed scripts, and does nothing
  --apply          uploads the scripts that are missing, and replaces those that are named
  --replace NAME   a script whose file in the library is another one, and is to be the reviewed one again

Settings come from the environment, and where it has none from local.settings.json.
It ends with 0 when the library holds every reviewed script, 5 when it does not, 2 when nothing was compared.`;

const LOCAL_SETTINGS = fileURLToPath(new URL('../../local.settings.json', import.meta.url));

process.exitCode = await main();

/** Prints a table for a person, and lines with tabs where no terminal is. */
async function main(): Promise<0 | 2 | 5> {
  const order = readOrder();
  if (order === null) return refuse(USAGE);
  const synced = await syncFromHere({ ...readLocalSettings(LOCAL_SETTINGS), ...process.env }, order);
  switch (synced.outcome) {
    case 'not compared':
    case 'wrong order':
      return refuse(spellHidden(synced.why));
    case 'planned':
    case 'applied':
      for (const line of stdout.isTTY ? printTable(synced) : printLines(synced)) console.log(line);
      return synced.library === 'holds the reviewed scripts' ? 0 : 5;
    default: {
      const unknown: never = synced;
      throw new Error(`Unknown outcome ${JSON.stringify(unknown)}.`);
    }
  }
}

function readOrder(): SyncOrder | null {
  const options = { apply: { type: 'boolean' }, replace: { type: 'string', multiple: true } } as const;
  try {
    const { values } = parseArgs({ options });
    return { does: values.apply === true ? 'apply' : 'plan', replace: values.replace ?? [] };
  } catch {
    return null;
  }
}

function refuse(why: string): 2 {
  console.error(why);
  return 2;
}
