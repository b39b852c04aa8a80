import { listAlternatives } from './match-conditions.ts';
import type { Profile } from './profile.ts';

/**
 * What a collection is about: the alert, on the machine that Defender names for it; one of several machines that the
 * alert's evidence names; or a machine alone, without an alert of Defender.
 */
export type Subject = 'alert' | 'one of its machines' | 'machine';

/** What whoever started a collection asked for beyond the alert as Defender returns it, on its machine. */
export interface Asked {
  readonly about: Subject;
  /** The name of the machine while nobody knows its id. */
  readonly machineName: string | null;
  /** The profile that was chosen, null for the first that matches. */
  readonly profileId: string | null;
  /** Full paths of files on the machine that are wanted beside those of the alert. */
  readonly files: readonly string[];
}

/** The profiles that may be planned by: all, or the chosen one, which then matches by its operating system alone. */
export function offerProfiles(profiles: readonly Profile[], profileId: string | null): readonly Profile[] {
  if (profileId === null) return profiles;
  return profiles.flatMap((profile) => {
    if (profile.id !== profileId) return [];
    const when = listAlternatives(profile.when).map(({ operatingSystem }) =>
      operatingSystem === undefined ? {} : { operatingSystem },
    );
    return [{ ...profile, when }];
  });
}

/** Whether two requests under one key ask for the same. */
export function isSameAsk(one: Asked | null, other: Asked | null): boolean {
  return JSON.stringify(pick(one)) === JSON.stringify(pick(other));
}

function pick(asked: Asked | null): readonly unknown[] | null {
  return asked === null ? null : [asked.about, asked.machineName, asked.profileId, asked.files];
}
