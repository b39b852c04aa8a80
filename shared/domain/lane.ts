import type { AttemptName } from './machine-action.ts';

/** A machine's turn: which attempt has it, which collection the next alerts may be merged into, and until when nobody gets it. */
export interface Lane {
  readonly holder: string | null;
  readonly host: string | null;
  readonly yieldedUntil: string | null;
}

/** A lane that nobody ever took. */
export const EMPTY_LANE: Lane = { holder: null, host: null, yieldedUntil: null };

/** Whose a lane is: ours, another collection's, or nobody's while the machine is left to its responders. */
export type LaneAnswer =
  | { readonly lane: 'ours' }
  | { readonly lane: 'held'; readonly by: string; readonly holder: string }
  | { readonly lane: 'yielded'; readonly until: string };

/** The holder of a lane: an attempt, so that what an earlier one leaves late is not what a later one holds. */
export function nameHolder({ collectionId, session, attempt }: AttemptName): string {
  return `${collectionId}/${session}/${attempt}`;
}

/** Takes a lane that is free, or that an earlier attempt of the same collection holds; the answer is the same however often it is asked. */
export function takeLane(
  lane: Lane,
  name: AttemptName,
  now: string,
): { readonly answer: LaneAnswer; readonly lane: Lane } {
  if (lane.yieldedUntil !== null && now < lane.yieldedUntil)
    return { answer: { lane: 'yielded', until: lane.yieldedUntil }, lane };
  const holder = nameHolder(name);
  if (lane.holder === holder) return { answer: { lane: 'ours' }, lane };
  const by = lane.holder?.split('/')[0] ?? null;
  if (lane.holder !== null && by !== null && by !== name.collectionId)
    return { answer: { lane: 'held', by, holder: lane.holder }, lane };
  return { answer: { lane: 'ours' }, lane: { ...lane, holder } };
}

/** The lane without that holder; the same object when it is another's. */
export function leaveLane(lane: Lane, holder: string): Lane {
  return lane.holder === holder ? { ...lane, holder: null } : lane;
}

/** The lane with another host, if the one before is still the one that was read. */
export function replaceHost(lane: Lane, before: string | null, collectionId: string): Lane {
  return lane.host === before ? { ...lane, host: collectionId } : lane;
}
