import type { Change } from './bugs.ts';

/** The source with the changes; throws where one is not found exactly once, so that no bug is planted in vain. */
export function applyChanges(source: string, changes: readonly Change[]): string {
  return changes.reduce((text, { file, find, replace }) => {
    const found = text.split(find).length - 1;
    if (found !== 1) throw new Error(`${file} holds this ${found} times and not once: ${find}`);
    return text.replace(find, () => replace);
  }, source);
}
