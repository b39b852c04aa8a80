import type { PlannedScript } from './plan.ts';
import type { Profile } from './profile.ts';
import type { SessionContent } from './profile-schema.ts';

/** The hash of everything that a profile puts or runs, or the sentence that says which has none. */
export type PinnedScripts =
  | { readonly outcome: 'pinned'; readonly scripts: readonly PlannedScript[] }
  | { readonly outcome: 'none'; readonly reason: string };

/** The hash of everything that is put or run: that of our review, or for others' files the one that the profile gives. */
export function pinScripts(
  profile: Profile,
  contents: readonly SessionContent[],
  reviewed: ReadonlyMap<string, string>,
): PinnedScripts {
  const named = contents.flatMap(({ put = [], run = [] }) => [
    ...put.map((step) =>
      typeof step === 'string' ? { name: step, own: null } : { name: step.file, own: step.sha256 ?? null },
    ),
    ...run.flatMap((step) => [
      { name: step.script, own: 'args' in step ? (step.sha256 ?? null) : null },
      ...('archive' in step && step.detached ? [{ name: step.detached.harvest, own: null }] : []),
    ]),
  ]);
  const none = (reason: string): PinnedScripts => ({ outcome: 'none', reason: `Profile ${profile.id} ${reason}` });
  const pinned = new Map<string, string>();
  for (const { name, own } of named) {
    const known = reviewed.get(name) ?? pinned.get(name) ?? own;
    if (known === null) return none(`runs ${name}, which is not among the reviewed scripts of the library.`);
    if (own !== null && own !== known) return none(`pins ${name} to a SHA-256 that is not the reviewed one.`);
    pinned.set(name, known);
  }
  return { outcome: 'pinned', scripts: [...pinned].map(([name, sha256]) => ({ name, sha256 })) };
}
