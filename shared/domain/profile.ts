import type { Alert } from './alert.ts';
import { type DenyList, findDomainController } from './deny-list.ts';
import type { Machine } from './machine.ts';
import { type Match, matchWhen } from './match-conditions.ts';
import type { ProfileContent } from './profile-schema.ts';

/** A profile with the SHA-256 of its file, hex. */
export interface Profile extends ProfileContent {
  readonly sha256: string;
}

/** What profiles are compared with; `now` is ISO 8601 UTC. */
export interface Subject {
  readonly alert: Alert;
  readonly machine: Machine;
  readonly now: string;
  readonly denyList: DenyList;
}

/** What a profile says to an alert; `withheld` met every condition, but is not for domain controllers. */
export type Judgement = Match | { readonly match: 'withheld'; readonly because: string };

/** A profile and what it says. */
export interface Judged {
  readonly profile: Profile;
  readonly judgement: Judgement;
}

/** Compares a profile with an alert and its machine. */
export function matchProfile(profile: Profile, subject: Subject): Judgement {
  if (profile.enabled === false) return { match: 'no', because: 'it is switched off (enabled: false)' };
  if (profile.expires !== undefined && subject.now.slice(0, 10) > profile.expires)
    return { match: 'no', because: `it expired on ${profile.expires}` };
  const matched = matchWhen(profile.when, subject.alert, subject.machine);
  if (matched.match === 'no' || profile.domainControllers === 'allowed') return matched;
  const rule = findDomainController(subject.denyList, subject.machine);
  if (rule === null) return matched;
  const because = `the machine counts as a domain controller (${rule}), and the profile does not say domainControllers: allowed`;
  return { match: 'withheld', because };
}

/** What every profile says, in the order in which they are asked: by `order`, then by id. */
export function judgeProfiles(profiles: readonly Profile[], subject: Subject): readonly Judged[] {
  const inOrder = [...profiles].sort((a, b) => a.order - b.order || (a.id < b.id ? -1 : 1));
  return inOrder.map((profile) => ({ profile, judgement: matchProfile(profile, subject) }));
}

/** The first profile that matches; null when none does. */
export function chooseProfile(profiles: readonly Profile[], subject: Subject): Profile | null {
  return judgeProfiles(profiles, subject).find(({ judgement }) => judgement.match === 'yes')?.profile ?? null;
}
