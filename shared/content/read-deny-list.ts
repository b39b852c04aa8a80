import { readFile } from 'node:fs/promises';
import { type DenyList, denyListSchema } from '../domain/deny-list.ts';
import { ContentError } from './content-error.ts';
import { listFaults, readYaml } from './locate-fault.ts';

/** The file beside the profiles that says where nothing is run. */
export const DENY_FILE = 'deny.yaml';

/** Reads the deny list of a folder of profiles; without one nothing would be safe to run, so that its absence is an error. */
export async function readDenyList(folder: URL): Promise<DenyList> {
  const text = await readFile(new URL(DENY_FILE, folder), 'utf8').catch((cause: unknown) => {
    throw new ContentError(
      `profiles/${DENY_FILE} cannot be read. Restore it; without rules it is "never: []" and "domainControllers: []".`,
      { cause },
    );
  });
  const yaml = readYaml(DENY_FILE, text);
  const parsed = yaml.outcome === 'value' ? denyListSchema.safeParse(yaml.value) : null;
  if (parsed?.success) return parsed.data;
  const faults =
    yaml.outcome === 'faulty' ? yaml.faults : parsed === null ? [] : listFaults(parsed.error).map(yaml.locate);
  throw new ContentError(`The deny list cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
}
