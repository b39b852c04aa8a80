import type { Caller } from '../domain/caller.ts';
import type { Collection } from '../domain/collection.ts';
import { chainFacts, nameCaller, NO_CUSTODY } from '../domain/custody.ts';
import { judgeRetry } from '../domain/plan-retry.ts';
import type { Ports } from './ports.ts';
import { openCollection } from './receive-alert.ts';

/** What became of asking for another try. */
export type Retrying =
  | { readonly outcome: 'opened' | 'is open'; readonly collection: Collection }
  | { readonly outcome: 'refused'; readonly why: string }
  | { readonly outcome: 'no such collection' };

const MOST_RETRIES = 99;

/** Opens a collection of its own, `<id>-r<n>`, for what another one did not bring; asked again while that one is open, it is the same. */
export async function retryCollection(
  ports: Ports,
  collectionId: string,
  by: string,
  caller?: Caller,
): Promise<Retrying> {
  const root = collectionId.replace(/-r\d+$/, '');
  let last = (await ports.collections.load(root))?.collection;
  if (last === undefined) return { outcome: 'no such collection' };
  for (let number = 1; number <= MOST_RETRIES; number += 1) {
    const id = `${root}-r${number}`;
    const next: Collection | undefined = (await ports.collections.load(id))?.collection;
    if (next === undefined) return open(ports, last, id, by, caller);
    last = next;
  }
  return {
    outcome: 'refused',
    why: `It was tried again ${MOST_RETRIES} times; find out why it fails before it is tried once more.`,
  };
}

async function open(ports: Ports, last: Collection, id: string, by: string, caller?: Caller): Promise<Retrying> {
  const host = last.status === 'merged' ? ((await ports.collections.load(last.mergedInto))?.collection ?? null) : null;
  const judged = judgeRetry(last, host);
  if (judged.decision === 'no')
    return last.retryOf === null ? { outcome: 'refused', why: judged.why } : answerOpen(last, judged.why);
  const { alertId, machineId, severity, asked } = last;
  const now = ports.now();
  const reference = { alertId, machineId, severity, ...(asked === null ? {} : { asked }) };
  const opened = openCollection(ports, reference, by, now, caller);
  const fact = { event: 'retry', actor: by, ...nameCaller(caller), detail: { of: last.id } };
  const { lines, head } = chainFacts(NO_CUSTODY, [fact], now.toISOString(), ports.sha256);
  const collection: Collection = { ...opened, id, retryOf: last.id, custody: head };
  await ports.collections.create(collection, lines);
  const stored = (await ports.collections.load(id))?.collection ?? collection;
  return { outcome: 'opened', collection: stored };
}

/** A retry that is still on its way is what the caller asks for. */
function answerOpen(last: Collection, why: string): Retrying {
  return 'endedAt' in last ? { outcome: 'refused', why } : { outcome: 'is open', collection: last };
}
