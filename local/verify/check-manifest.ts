import { type ManifestEntry, writeManifest } from '../../shared/domain/manifest.ts';
import type { Fault } from './fault.ts';

/** A manifest's name, and the files that it must name: each of them and no other. */
export interface Coverage {
  readonly manifest: string;
  readonly files: ReadonlyMap<string, { readonly sha256: string }>;
  readonly mayName: (path: string) => boolean;
}

/** Compares a manifest's entries with the files it must name, both ways: missing, added, changed, named twice, leading out; and its text with ours. */
export function checkManifest(
  entries: readonly ManifestEntry[],
  text: string,
  { manifest, files, mayName }: Coverage,
): readonly Fault[] {
  const faults: Fault[] = [];
  const named = new Set<string>();
  for (const { path, sha256 } of entries) {
    const file = files.get(path);
    if (leadsOut(path))
      faults.push({ path, what: `${manifest} names a path that leads out of the package; it was not followed.` });
    else if (!mayName(path)) faults.push({ path, what: `${manifest} names it, which is not for it to name.` });
    else if (named.has(path)) faults.push({ path, what: `${manifest} names it twice.` });
    else if (file === undefined) faults.push({ path, what: 'It is missing.' });
    else if (file.sha256 !== sha256)
      faults.push({ path, what: `It was changed: ${manifest} gives another SHA-256 than ${file.sha256}.` });
    named.add(path);
  }
  for (const path of files.keys()) {
    if (!named.has(path)) faults.push({ path, what: `It was added: ${manifest} does not name it.` });
  }
  // Capitals, order and line ends have no meaning to a reader, but a package as it was sealed has none of them changed.
  if (named.size === entries.length && writeManifest(entries) !== text)
    faults.push({ path: manifest, what: 'It was changed: it is not written as ours are, byte for byte.' });
  return faults;
}

function leadsOut(path: string): boolean {
  return /^[/\\~]|^[A-Za-z]:|\0/.test(path) || path.split(/[/\\]/).includes('..');
}
