import type { CustodyFact } from '../domain/custody.ts';
import { custodyRowSchema } from '../domain/package-record-schema.ts';
import { noteLater, type NotedLater } from './note-later.ts';
import type { Ports } from './ports.ts';

/** That somebody opens a file of a sealed package. */
export interface Opening {
  /** Path in the package, such as `report.html`. */
  readonly file: string;
  /** By which way, such as `http`. */
  readonly by: string;
  /** Who, where that is known. */
  readonly caller?: string;
}

/** Whoever opens the same file again within this time has it open still: a page that reloads itself must not flood the log. */
const STILL_OPEN_MS = 10 * 60_000;
const LOOK_BACK = 50;

/** Notes in the custody log that a file is opened, before it is handed out. */
export async function noteOpening(
  ports: Ports,
  collectionId: string,
  { file, by, caller }: Opening,
): Promise<NotedLater> {
  const fact: CustodyFact = {
    event: 'opened',
    actor: by,
    detail: { file },
    ...(caller === undefined ? {} : { caller }),
  };
  const before = await findSame(ports, collectionId, fact);
  return before === null ? noteLater(ports, collectionId, fact) : { noted: 'noted', number: before };
}

async function findSame(ports: Ports, collectionId: string, fact: CustodyFact): Promise<number | null> {
  const sinceMs = ports.now().getTime() - STILL_OPEN_MS;
  const lines = await ports.collections.readCustody(collectionId);
  for (const line of lines.slice(-LOOK_BACK).toReversed()) {
    const { data: entry } = custodyRowSchema.safeParse(JSON.parse(line));
    if (entry === undefined || Date.parse(entry.at) < sinceMs) continue;
    const isSame = entry.event === fact.event && entry.actor === fact.actor && entry.caller === fact.caller;
    if (isSame && entry.detail['file'] === fact.detail['file']) return entry.number;
  }
  return null;
}
