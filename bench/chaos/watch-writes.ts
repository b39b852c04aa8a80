import type { Finding } from './finding.ts';
import { type CallName, readBlobPath } from './name-call.ts';
import type { Watcher } from './passage.ts';

/** A blob of the evidence or custody container, as `container/name`, with its ETag without quotation marks. */
export interface StoredBlob {
  readonly path: string;
  readonly etag: string;
}

/** Sees every write to evidence: that it is create-only, and that none but the first of a blob is taken. */
export interface WriteWatch {
  readonly watcher: Watcher;
  /** How many blobs were written, and how many writes were refused as the blob was there. */
  readonly counts: () => { readonly written: number; readonly refused: number };
  /** What was wrong with the writes, and with what lies in storage at the end. */
  readonly findOverwritten: (stored: readonly StoredBlob[]) => readonly Finding[];
}

const WRITES: readonly CallName[] = ['text', 'commit', 'custody line'];

/** Makes a watch for the passages of all apps. */
export function watchWrites(): WriteWatch {
  const first = new Map<string, string>();
  const findings: Finding[] = [];
  let refused = 0;
  return {
    watcher: {
      onArrival: ({ call, path, headers }) => {
        if (WRITES.includes(call) && headers['if-none-match'] !== '*')
          findings.push({ what: `A "${call}" was sent without If-None-Match.`, where: readBlobPath(path) ?? path });
        return 'let by';
      },
      onAnswer: ({ call, path }, { status, etag }) => {
        if (!WRITES.includes(call)) return;
        const blob = readBlobPath(path) ?? path;
        if (status !== 201) refused += 1;
        else if (first.has(blob)) findings.push({ what: 'It was written twice, and both were taken.', where: blob });
        else first.set(blob, stripQuotes(etag ?? ''));
      },
    },
    counts: () => ({ written: first.size, refused }),
    findOverwritten: (stored) => {
      const unlike = stored.filter(({ path, etag }) => first.get(path) !== stripQuotes(etag));
      const gone = [...first.keys()].filter((path) => !stored.some((blob) => blob.path === path));
      return [
        ...findings,
        ...unlike.map(({ path }) => ({ what: 'It is not what was written first (its ETag is another).', where: path })),
        ...gone.map((path) => ({ what: 'It was written and is gone.', where: path })),
      ];
    },
  };
}

function stripQuotes(etag: string): string {
  return etag.replaceAll('"', '');
}
