import type { EvidenceTrace, RelatedFile } from '../domain/alert.ts';
import { EvidenceRow } from './schemas.ts';

const WITH_FILE: readonly string[] = ['file', 'process'];

/**
 * The files that an alert's evidence names in its File and Process rows, each once. Windows paths are the same in any
 * case; a row without a path or without a hash is joined to one that has it.
 */
export function readRelatedFiles(evidence: readonly unknown[]): readonly RelatedFile[] {
  const files: RelatedFile[] = [];
  for (const row of evidence) {
    const file = readRow(row);
    if (file === null) continue;
    const at = files.findIndex((known) => isSameFile(known, file));
    const known = files[at];
    if (known === undefined) files.push(file);
    else files[at] = join(known, file);
  }
  return files;
}

/** The File and Process rows of an alert's evidence, each as it is, by which an alert of our own making is told. */
export function readTraces(evidence: readonly unknown[]): readonly EvidenceTrace[] {
  return evidence.flatMap((row): EvidenceTrace[] => {
    const read = EvidenceRow.safeParse(row);
    if (!read.success || !WITH_FILE.includes(read.data.entityType?.toLowerCase() ?? '')) return [];
    const { filePath, fileName, processCommandLine: commandLine, processId, parentProcessId } = read.data;
    return [{ path: joinPath(filePath, fileName), commandLine, processId, parentProcessId }];
  });
}

function readRow(row: unknown): RelatedFile | null {
  const read = EvidenceRow.safeParse(row);
  if (!read.success) return null;
  const { entityType, filePath, fileName, sha1, sha256, md5 } = read.data;
  if (!WITH_FILE.includes(entityType?.toLowerCase() ?? '')) return null;
  const path = joinPath(filePath, fileName);
  if (path === null && sha1 === null && sha256 === null && md5 === null) return null;
  return { path, sha1, sha256, md5, sizeBytes: null };
}

/** `filePath` is the directory alone; "none" stands for no directory (Defender: alert evidence, as integrations see it). */
function joinPath(directory: string | null, name: string | null): string | null {
  if (directory === null || name === null || directory.toLowerCase() === 'none') return null;
  const separator = directory.startsWith('/') ? '/' : '\\';
  return /[\\/]$/.test(directory) ? `${directory}${name}` : `${directory}${separator}${name}`;
}

function isSameFile(one: RelatedFile, other: RelatedFile): boolean {
  const samePath = one.path !== null && other.path !== null && comparable(one.path) === comparable(other.path);
  const sameHash = one.sha256 !== null && one.sha256 === other.sha256;
  if (samePath) return sameHash || one.sha256 === null || other.sha256 === null;
  return sameHash && (one.path === null || other.path === null);
}

/** A POSIX path is another one in another case, and an attacker may use that. */
function comparable(path: string): string {
  return path.startsWith('/') ? path : path.toLowerCase();
}

function join(one: RelatedFile, other: RelatedFile): RelatedFile {
  return {
    path: one.path ?? other.path,
    sha1: one.sha1 ?? other.sha1,
    sha256: one.sha256 ?? other.sha256,
    md5: one.md5 ?? other.md5,
    sizeBytes: null,
  };
}
