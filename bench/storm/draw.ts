/**
 * A number in [0, 1) for a seed and a key, the same whenever it is asked for: who asks first, or how often, changes
 * nothing, so that every way of working through a storm meets the same storm (FNV-1a, finished as in MurmurHash3).
 */
export function draw(seed: number, key: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A number between `least` and `most`, drawn for a seed and a key. */
export function drawBetween(seed: number, key: string, least: number, most: number): number {
  return least + draw(seed, key) * (most - least);
}
