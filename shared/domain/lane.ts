/** A machine's turn: who has it, which collection the next alerts may be merged into, and until when nobody gets it. */
export interface Lane {
  readonly holder: string | null;
  readonly host: string | null;
  readonly yieldedUntil: string | null;
}

/** A lane that nobody ever took. */
export const EMPTY_LANE: Lane = { holder: null, host: null, yieldedUntil: null };

/** Whose a lane is: ours, another's, or nobody's while the machine is left to its responders. */
export type LaneAnswer =
  | { readonly lane: 'ours' }
  | { readonly lane: 'held'; readonly by: string }
  | { readonly lane: 'yielded'; readonly until: string };

/** Takes a lane that is free; the answer is the same however often it is asked. */
export function takeLane(
  lane: Lane,
  collectionId: string,
  now: string,
): { readonly answer: LaneAnswer; readonly lane: Lane } {
  if (lane.yieldedUntil !== null && now < lane.yieldedUntil)
    return { answer: { lane: 'yielded', until: lane.yieldedUntil }, lane };
  if (lane.holder === collectionId) return { answer: { lane: 'ours' }, lane };
  if (lane.holder !== null) return { answer: { lane: 'held', by: lane.holder }, lane };
  return { answer: { lane: 'ours' }, lane: { ...lane, holder: collectionId } };
}

/** The lane without that holder; the same object when it is another's. */
export function leaveLane(lane: Lane, collectionId: string): Lane {
  return lane.holder === collectionId ? { ...lane, holder: null } : lane;
}

/** The lane with another host, if the one before is still the one that was read. */
export function replaceHost(lane: Lane, before: string | null, collectionId: string): Lane {
  return lane.host === before ? { ...lane, host: collectionId } : lane;
}
