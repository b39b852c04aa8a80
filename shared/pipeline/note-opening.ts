import type { CustodyFact } from '../domain/custody.ts';
import { custodyRowSchema } from '../domain/package-record-schema.ts';
import { appendCustody } from './append-custody.ts';
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

/** Which custody entry tells of an opening; none where there is no sealed package. */
export type NotedOpening =
  | { readonly noted: 'noted'; readonly number: number }
  | { readonly noted: 'no sealed package' };

/** Whoever opens the same file again within this time has it open still: a page that reloads itself must not flood the log. */
const STILL_OPEN_MS = 10 * 60_000;
const LOOK_BACK = 50;

/** Notes in the custody log that a file is opened, before it is handed out. */
export async function noteOpening(
  ports: Ports,
  collectionId: string,
  { file, by, caller }: Opening,
): Promise<NotedOpening> {
  const collection = (await ports.collections.load(collectionId))?.collection;
  if (collection === undefined || !('sealed' in collection) || collection.sealed === null)
    return { noted: 'no sealed package' };
  const fact: CustodyFact = {
    event: 'opened',
    actor: by,
    detail: { file },
    ...(caller === undefined ? {} : { caller }),
  };
  const before = await findSame(ports, collectionId, fact);
  if (before !== null) return { noted: 'noted', number: before };
  const appended = await appendCustody(ports, collectionId, fact);
  return appended.appended === 'appended'
    ? { noted: 'noted', number: appended.number }
    : { noted: 'no sealed package' };
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
