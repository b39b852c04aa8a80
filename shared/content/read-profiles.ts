import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { type Document, parseDocument } from 'yaml';
import { type Profile, profileSchema } from '../domain/profile.ts';
import { ContentError } from './content-error.ts';

/** Reads all profiles of a folder; every fault of every file is named in one error. */
export async function readProfiles(folder: URL): Promise<readonly Profile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
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

/** What a profile's text is: a profile, or what is wrong with it. */
export type ReadProfile =
  | { readonly outcome: 'profile'; readonly profile: Profile }
  | { readonly outcome: 'faulty'; readonly faults: readonly string[] };

/** Reads one profile; its id must be its file's name. */
export function readProfile(fileName: string, text: string): ReadProfile {
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0)
    return {
      outcome: 'faulty',
      faults: document.errors.map((fault) => `${fileName}: ${fault.message.split('\n')[0]}`),
    };
  const value = readValue(document);
  if (value.outcome === 'faulty') return { outcome: 'faulty', faults: [`${fileName}: ${value.fault}`] };
  const parsed = profileSchema.safeParse(value.value);
  if (!parsed.success) {
    return {
      outcome: 'faulty',
      faults: parsed.error.issues.map(
        (issue) => `${fileName}: ${issue.path.join('.') || 'the file'}: ${issue.message}`,
      ),
    };
  }
  if (`${parsed.data.id}.yaml` !== fileName)
    return { outcome: 'faulty', faults: [`${fileName}: id is ${parsed.data.id}, but the file is named otherwise`] };
  return { outcome: 'profile', profile: { ...parsed.data, sha256: createHash('sha256').update(text).digest('hex') } };
}

/** A document's plain value; aliases are refused, as a few of them can grow without end. */
function readValue(
  document: Document.Parsed,
): { outcome: 'value'; value: unknown } | { outcome: 'faulty'; fault: string } {
  try {
    return { outcome: 'value', value: document.toJS({ maxAliasCount: 0 }) };
  } catch (fault) {
    if (!(fault instanceof ReferenceError)) throw fault;
    return { outcome: 'faulty', fault: 'aliases (*name) are not allowed; write the value out.' };
  }
}
