import type { LibraryFile } from '../domain/library-file.ts';
import type { Ports } from './ports.ts';

/** The library as it was listed last: what works together lists it once, when it is first looked at. */
export interface LibraryView {
  readonly list: () => Promise<readonly LibraryFile[]>;
  readonly listAgain: () => Promise<readonly LibraryFile[]>;
  /** Has `list` ask anew where the last list failed or was asked for longer ago than that. */
  readonly forgetOlderThan: (ms: number) => void;
  /** What it held when it was listed last, null while it was not, or was not answered. */
  readonly seen: () => readonly LibraryFile[] | null;
}

/** A view that has not listed the library yet. */
export function viewLibrary(ports: Ports): LibraryView {
  let listed: Promise<readonly LibraryFile[]> | null = null;
  let listedAtMs = 0;
  let seen: readonly LibraryFile[] | null = null;
  const listAgain = () => {
    listedAtMs = ports.now().getTime();
    seen = null;
    listed = ports.defender.listLibrary().then((files) => {
      seen = files;
      return files;
    });
    return listed;
  };
  return {
    list: () => listed ?? listAgain(),
    listAgain,
    forgetOlderThan: (ms) => {
      const isFresh = Math.abs(ports.now().getTime() - listedAtMs) <= ms;
      if (!isFresh || seen === null) listed = null;
    },
    seen: () => seen,
  };
}
