import { type PinnedScript, readLibrary } from '../../shared/content/read-library.ts';
import type { LibraryFile } from '../../shared/domain/library-file.ts';
import { describeFault } from './describe-fault.ts';
import { type Finding, ok, unknown, wrong } from './finding.ts';

const CHECK = 'library';

/** Compares the tenant's library with the reviewed scripts; `listed` is null where the library could not be read. */
export async function checkLibrary(folder: URL, listed: readonly LibraryFile[] | null): Promise<readonly Finding[]> {
  let scripts: ReadonlyMap<string, PinnedScript>;
  try {
    scripts = await readLibrary(folder);
  } catch (fault) {
    return [
      wrong(CHECK, describeFault(fault), 'Restore library/ from the release; nothing that was not reviewed is run.'),
    ];
  }
  if (listed === null)
    return [unknown(CHECK, "The tenant's library could not be read.", 'See the line of list library files.')];
  return [...scripts.values()].map((script) =>
    compare(
      script,
      listed.find(({ fileName }) => fileName.toLowerCase() === script.name.toLowerCase()),
    ),
  );
}

function compare({ name, sha256 }: PinnedScript, file: LibraryFile | undefined): Finding {
  const check = `${CHECK}: ${name}`;
  if (file === undefined) return ok(check, 'Missing in the tenant; it is uploaded before it is first run.');
  if (file.sha256 === '')
    return unknown(check, 'Defender tells no hash of it.', 'Run this again; nothing is run while it stays so.');
  if (file.sha256.toLowerCase() === sha256) return ok(check, 'It is the reviewed script.');
  return wrong(
    check,
    `Different: it is not the reviewed script (put there by ${file.createdBy ?? 'somebody unknown'}, ${file.lastUpdatedAt ?? 'at an unknown time'}); nothing is run.`,
    `Find out who changed it and why, then put the reviewed script in its place: \`npm run library -- --apply --replace ${name}\`, or POST /api/library/sync.`,
  );
}
