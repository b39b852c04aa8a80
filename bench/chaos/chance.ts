/** Numbers that look random and are the same for the same seed. */
export interface Chance {
  /** A whole number from `least` to `most`, both included. */
  readonly whole: (least: number, most: number) => number;
  readonly shuffle: <T>(items: readonly T[]) => readonly T[];
}

/** Chance from a seed of 32 bits (mulberry32). */
export function seedChance(seed: number): Chance {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const whole = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  const shuffle = <T>(items: readonly T[]): readonly T[] =>
    items
      .map((item): readonly [number, T] => [next(), item])
      .sort(([a], [b]) => a - b)
      .map(([, item]) => item);
  return { whole, shuffle };
}
