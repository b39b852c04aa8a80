import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { Profile } from '../domain/profile.ts';
import { profileSchema } from '../domain/profile-schema.ts';
import { ContentError } from './content-error.ts';
import { listFaults, readYaml } from './locate-fault.ts';
import { DENY_FILE } from './read-deny-list.ts';

/** Reads all profiles of a folder; every fault of every file is named in one error. */
export async function readProfiles(folder: URL): Promise<readonly Profile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml') && name !== DENY_FILE).sort();
  const profiles: Profile[] = [];
  const faults: string[] = [];
  for (const name of names) {
    const read = readProfile(name, await readFile(new URL(name, folder), 'utf8'));
    if (read.outcome === 'profile') profiles.push(read.profile);
    else faults.push(...read.faults);
  }
  if (faults.length > 0)
    throw new ContentError(`Profiles cannot be used:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  return profiles;
}

/** What a profile's text is: a profile, or what is wrong with it, each as `file:line:column: what was expected`. */
export type ReadProfile =
  | { readonly outcome: 'profile'; readonly profile: Profile }
  | { readonly outcome: 'faulty'; readonly faults: readonly string[] };

/** Reads one profile; its id must be its file's name. */
export function readProfile(fileName: string, text: string): ReadProfile {
  const yaml = readYaml(fileName, text);
  if (yaml.outcome === 'faulty') return yaml;
  const parsed = profileSchema.safeParse(yaml.value);
  if (!parsed.success) return { outcome: 'faulty', faults: listFaults(parsed.error).map(yaml.locate) };
  if (`${parsed.data.id}.yaml` !== fileName) {
    const message = `expected ${fileName.replace(/\.yaml$/, '')}, as the file is named; it is ${parsed.data.id}`;
    return { outcome: 'faulty', faults: [yaml.locate({ path: ['id'], message })] };
  }
  return { outcome: 'profile', profile: { ...parsed.data, sha256: createHash('sha256').update(text).digest('hex') } };
}
