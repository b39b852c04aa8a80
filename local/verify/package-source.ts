import type { Readable } from 'node:stream';
import type { Fault } from './fault.ts';

/** The files of a package by their path with slashes, with their length in bytes, and a fault for everything that is no file. */
export interface Listing {
  readonly files: ReadonlyMap<string, number>;
  readonly faults: readonly Fault[];
}

/** An entry of the custody log that came after the seal; its name in storage is its number. */
export interface LaterEntry {
  readonly number: number;
  readonly text: string;
}

/** A package to be checked, wherever it lies; its files are only read, as streams. */
export interface PackageSource {
  readonly list: () => Promise<Listing>;
  /** Opens a file of the listing. */
  readonly open: (path: string) => Promise<Readable>;
  /** The custody entries that lie beside the package; a folder has none. */
  readonly listLater?: () => Promise<readonly LaterEntry[]>;
}
