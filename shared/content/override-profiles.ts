import { pinScripts } from '../domain/plan-scripts.ts';
import type { Profile } from '../domain/profile.ts';
import { listSessions } from '../domain/profile-check.ts';
import { readProfile } from './read-profiles.ts';

/** Where overrides of profiles lie, each under the file name of the profile that it takes the place of. */
export interface OverrideSource {
  list(): Promise<readonly { readonly name: string; readonly etag: string }[]>;
  read(name: string): Promise<string>;
}

/** What overriding works with; `scripts` are the reviewed ones, and `note` is told what is refused, by file and place. */
export interface OverrideParts {
  readonly source: OverrideSource;
  readonly shipped: () => Promise<readonly Profile[]>;
  readonly scripts: () => Promise<ReadonlyMap<string, { readonly sha256: string }>>;
  readonly now: () => Date;
  readonly note: (what: 'taken' | 'refused' | 'not readable', name: string, where: string) => void;
}

/** The list is asked for again after this. */
const FRESH_MS = 60_000;

interface Known {
  readonly etag: string;
  /** The last version that could be used, null while there was none. */
  readonly profile: Profile | null;
}

/**
 * The profiles with their overrides, read again when an ETag changed. A bad override leaves in force what was before it;
 * so does a source that cannot be read, unless it never was: then it throws, as an override may have switched something off.
 */
export function overrideProfiles(parts: OverrideParts): () => Promise<readonly Profile[]> {
  let known: ReadonlyMap<string, Known> | null = null;
  let listedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const shipped = await parts.shipped();
    const nowMs = parts.now().getTime();
    if (known === null || nowMs - listedAt >= FRESH_MS) {
      try {
        known = await readAgain(parts, shipped, known ?? new Map());
      } catch (fault) {
        if (known === null) throw fault;
        parts.note('not readable', 'all', 'the container');
      }
      listedAt = nowMs;
    }
    const current = known;
    return shipped.map((profile) => current.get(`${profile.id}.yaml`)?.profile ?? profile);
  };
}

async function readAgain(
  parts: OverrideParts,
  shipped: readonly Profile[],
  known: ReadonlyMap<string, Known>,
): Promise<ReadonlyMap<string, Known>> {
  const next = new Map<string, Known>();
  for (const { name, etag } of await parts.source.list()) {
    const before = known.get(name);
    if (before?.etag === etag) {
      next.set(name, before);
      continue;
    }
    const judged = await judge(parts, shipped, name);
    parts.note(judged.outcome, name, judged.outcome === 'taken' ? '' : judged.where);
    next.set(name, { etag, profile: judged.outcome === 'taken' ? judged.profile : (before?.profile ?? null) });
  }
  return next;
}

type Judged =
  | { readonly outcome: 'taken'; readonly profile: Profile }
  | { readonly outcome: 'refused'; readonly where: string };

async function judge(parts: OverrideParts, shipped: readonly Profile[], name: string): Promise<Judged> {
  if (!shipped.some(({ id }) => name === `${id}.yaml`)) return { outcome: 'refused', where: 'no such profile' };
  const read = readProfile(name, await parts.source.read(name));
  if (read.outcome === 'faulty')
    return { outcome: 'refused', where: /^[^:]*:\d+:\d+/.exec(read.faults[0] ?? '')?.[0] ?? name };
  const reviewed = new Map([...(await parts.scripts())].map(([script, { sha256 }]) => [script, sha256]));
  const pinned = pinScripts(read.profile, listSessions(read.profile.collect), reviewed);
  // A pin of its own makes no file a reviewed one: an override uses what the deployed lock has, and nothing else.
  const isReviewed = pinned.outcome === 'pinned' && pinned.scripts.every((script) => reviewed.has(script.name));
  return isReviewed
    ? { outcome: 'taken', profile: read.profile }
    : { outcome: 'refused', where: 'a script that is not in library/lock.json' };
}
