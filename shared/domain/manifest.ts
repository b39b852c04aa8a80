/** A file of a package in a manifest: its path in the package and its SHA-256 as 64 hex digits. */
export interface ManifestEntry {
  readonly path: string;
  readonly sha256: string;
}

/** What a manifest says, or the first line of it that is none. */
export type ManifestReading =
  | { readonly outcome: 'read'; readonly entries: readonly ManifestEntry[] }
  | { readonly outcome: 'fault'; readonly fault: string };

/** What is known of a package for its bag-info.txt (RFC 8493, 2.2.2). */
export interface BagInfo {
  /** `YYYY-MM-DD`. */
  readonly baggingDate: string;
  /** Number and bytes of the files below `data/`. */
  readonly payload: { readonly files: number; readonly bytes: number };
  /** The collection's id. */
  readonly externalIdentifier: string;
  /** Further elements in this order, such as what is known of the container's immutability. */
  readonly more: readonly { readonly label: string; readonly value: string }[];
}

/** A manifest's text (RFC 8493, 2.1.3), sorted by path; throws when a path is there twice, as such a package is none. */
export function writeManifest(entries: readonly ManifestEntry[]): string {
  const sorted = entries.toSorted((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
  for (const [number, entry] of sorted.entries()) {
    if (sorted[number + 1]?.path === entry.path) throw new Error(`A manifest cannot name ${entry.path} twice.`);
  }
  return sorted.map((entry) => `${entry.sha256}  ${encodePath(entry.path)}\n`).join('');
}

/** The entries of a manifest's text in its order; lines may end in CRLF, and hex digits may be capitals. */
export function readManifest(text: string): ManifestReading {
  const lines = text.split(/\r\n|\n|\r/);
  if (lines.at(-1) === '') lines.pop();
  const entries: ManifestEntry[] = [];
  for (const [number, line] of lines.entries()) {
    const [, sha256, path] = /^([0-9a-fA-F]{64})[ \t]+(\S.*)$/.exec(line) ?? [];
    if (sha256 === undefined || path === undefined) {
      return { outcome: 'fault', fault: `Line ${number + 1} is not a SHA-256 and a path.` };
    }
    entries.push({ path: decodePath(path), sha256: sha256.toLowerCase() });
  }
  return { outcome: 'read', entries };
}

/** The text of bagit.txt (RFC 8493, 2.1.1). */
export function writeBagit(): string {
  return 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';
}

/** The text of bag-info.txt (RFC 8493, 2.2.2); values are one line each. */
export function writeBagInfo(info: BagInfo): string {
  const elements = [
    { label: 'Bagging-Date', value: info.baggingDate },
    { label: 'External-Identifier', value: info.externalIdentifier },
    { label: 'Payload-Oxum', value: `${info.payload.bytes}.${info.payload.files}` },
    ...info.more,
  ];
  return elements.map(({ label, value }) => `${cleanLabel(label)}: ${cleanLine(value)}\n`).join('');
}

function encodePath(path: string): string {
  return path.replaceAll(/[%\r\n]/g, encodeURIComponent);
}

function decodePath(path: string): string {
  return path.replaceAll(/%(?:25|0A|0D)/gi, decodeURIComponent);
}

function cleanLabel(label: string): string {
  return cleanLine(label).replaceAll(':', '');
}

function cleanLine(value: string): string {
  return value
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replaceAll(/\p{Cf}/gu, '')
    .trim();
}
