import { spellHidden } from '../../shared/domain/escape-html.ts';
import { verifyPackage } from './verify-package.ts';

const USAGE = 'Usage: npm run verify -- <folder>, where the folder is that of one package.';

process.exitCode = await main(process.argv.slice(2));

/** Prints what is wrong with a package, one line for each fault, or that it is intact; 0 intact, 5 not intact, 2 wrong use. */
async function main(args: readonly string[]): Promise<0 | 2 | 5> {
  const [folder, ...others] = args;
  if (folder === undefined || others.length > 0) {
    console.error(USAGE);
    return 2;
  }
  try {
    const found = await verifyPackage(folder);
    switch (found.verdict) {
      case 'intact':
        console.log(
          `Intact: ${found.files} files and ${found.custodyEntries} custody entries agree. The signature was not checked.`,
        );
        return 0;
      case 'not intact':
        for (const { path, what } of found.faults) console.log(`${spellHidden(path)}: ${spellHidden(what)}`);
        return 5;
      default: {
        const unknown: never = found;
        throw new Error(`Unknown verdict ${JSON.stringify(unknown)}.`);
      }
    }
  } catch (fault) {
    if (!(fault instanceof Error && 'syscall' in fault)) throw fault;
    console.error(`The package cannot be read: ${spellHidden(fault.message)}. ${USAGE}`);
    return 2;
  }
}
