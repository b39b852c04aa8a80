/**
 * Whether what is stored can be overwritten or deleted: `none`, anybody with access may; `unlocked` and `locked` by a
 * policy, until that time (ISO 8601 UTC, null when it is not told); `under a policy` of the container, which alone tells
 * more; `not told` where the storage does not say.
 */
export type Immutability =
  | { readonly state: 'none' | 'under a policy' | 'not told' }
  | { readonly state: 'unlocked' | 'locked'; readonly until: string | null };

/** The element of bag-info.txt by which a package says how it is kept at the time of its seal. */
export function announceImmutability(kept: Immutability): { readonly label: string; readonly value: string } {
  return { label: 'Immutability', value: describe(kept) };
}

function describe(kept: Immutability): string {
  switch (kept.state) {
    case 'none':
      return 'none';
    case 'unlocked':
    case 'locked':
      return kept.until === null ? kept.state : `${kept.state} until ${kept.until}`;
    case 'under a policy':
      return "by a policy of the container, whose own properties tell whether it is locked, and for how long after a file's creation it holds";
    case 'not told':
      return 'not told by the storage';
    default: {
      const unknown: never = kept;
      throw new Error(`Unknown immutability ${JSON.stringify(unknown)}.`);
    }
  }
}
