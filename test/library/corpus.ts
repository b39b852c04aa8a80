import { hostileNames } from './hostile-names.ts';

/** 200 different file names an attacker may choose: the hostile ones, and pairs of them. */
export function makeCorpus(): string[] {
  const names = new Set(hostileNames);
  const short = hostileNames.filter((name) => name.length < 40 && name !== 'plain');
  for (let step = 1; names.size < 200; step += 1) {
    for (const [index, name] of short.entries()) {
      if (names.size < 200) names.add(`${name}${short[(index * 7 + step) % short.length]}`);
    }
  }
  return [...names];
}
