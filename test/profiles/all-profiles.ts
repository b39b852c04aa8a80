import { existsSync } from 'node:fs';
import { readDenyList } from '../../shared/content/read-deny-list.ts';
import { readProfiles } from '../../shared/content/read-profiles.ts';
import type { Profile } from '../../shared/domain/profile.ts';

const shipped = new URL('../../profiles/', import.meta.url);
const waiting = new URL('pending/', import.meta.url);

/** The profiles that ship, and those in pending/ that wait for their scripts: they move to profiles/ as they are. */
export const allProfiles: readonly Profile[] = [
  ...(await readProfiles(shipped)),
  ...(existsSync(waiting) ? await readProfiles(waiting) : []),
];

/** The deny list that ships. */
export const denyList = await readDenyList(shipped);

/** Every script that a profile names, each with one and the same hash: what a script holds is no matter of a plan. */
export const namedScripts: ReadonlyMap<string, string> = new Map(
  allProfiles
    .flatMap(({ collect }) => [collect].flat())
    .flatMap(({ run = [] }) => run)
    .flatMap((step) => [step.script, ...('archive' in step && step.detached ? [step.detached.harvest] : [])])
    .sort()
    .map((name) => [name, 'c'.repeat(64)]),
);
