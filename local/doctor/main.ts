import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { spellHidden } from '../../shared/domain/escape-html.ts';
import type { Environment } from '../../shared/settings.ts';
import { readLocalSettings } from '../host/read-local-settings.ts';
import { examine } from './examine.ts';
import type { Finding } from './finding.ts';

const USAGE = `Usage: npm run doctor

Checks settings, token, permissions, each API's answer, library, storage, immutability, signing key, clocks and quotas,
and says how to mend each fault. Settings come from the environment, and where it has none from local.settings.json.
It runs nothing on any machine. Exit code 0: nothing is wrong; 6: something is; 2: nothing was checked.`;

const LOCAL_SETTINGS = fileURLToPath(new URL('../../local.settings.json', import.meta.url));

process.exitCode = await main();

/** Prints a line for each check. */
async function main(): Promise<0 | 2 | 6> {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean' } } });
    if (values.help === true) {
      console.log(USAGE);
      return 0;
    }
  } catch {
    console.error(USAGE);
    return 2;
  }
  const settings = readGiven();
  if (settings === null) return 2;
  const findings = await examine(settings);
  for (const finding of findings) console.log(writeLine(finding));
  return findings.some(({ verdict }) => verdict === 'wrong') ? 6 : 0;
}

/** The environment over local.settings.json, as the local host reads them; null when that file cannot be used. */
function readGiven(): Environment | null {
  try {
    return { ...readLocalSettings(LOCAL_SETTINGS), ...process.env };
  } catch (fault) {
    console.error(fault instanceof Error ? fault.message : String(fault));
    return null;
  }
}

/** One line; what comes from a tenant or from settings cannot write to the terminal. */
function writeLine({ verdict, check, found, fix }: Finding): string {
  const text = `${check}: ${found}${fix === null ? '' : ` Fix: ${fix}`}`;
  return `${verdict.padEnd(8)}${spellHidden(text.replace(/\s*\n\s*/g, ' '))}`;
}
