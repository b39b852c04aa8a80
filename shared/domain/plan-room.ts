import type { Session } from './command.ts';
import { HARVEST_SECONDS } from './profile-check.ts';
import type { Profile } from './profile.ts';
import type { OwnStep, SessionContent } from './profile-schema.ts';
import { MAX_REQUEST_CHARACTERS } from './script-request.ts';

/**
 * A plan is part of a collection's row, which ends at 30,000 characters: what a plan and the sessions that salvage may
 * repeat of it take is bounded, so that the rest of the row has room.
 */
const MOST_CHARACTERS = 22_000;
/** Of these, what requests may take when all is asked for that a profile names. */
const MOST_REQUEST_CHARACTERS = 19_000;
/** A request with fewer characters left for it is not worth another run of its script. */
const LEAST_REQUEST_CHARACTERS = 1_000;
/** What a session takes beside its request: names and paths, and the fetching of its archive twice. */
const COMMAND_CHARACTERS = 700;
const DEFAULT_MINUTES = 60;
const DEFAULT_BYTES = 3_221_225_472;

/** What a profile's limits leave for further sessions: seconds on the machine and bytes of archives. */
export interface RoomLeft {
  readonly seconds: number;
  readonly bytes: number;
}

/** What is left of a profile's limits once everything is planned that it names. */
export function leaveRoom({ limits }: Profile, contents: readonly SessionContent[]): RoomLeft {
  const steps = contents.flatMap((content) => ownStepOf(content) ?? []);
  const seconds = steps.reduce((sum, step) => sum + step.limits.seconds + (step.detached ? HARVEST_SECONDS : 0), 0);
  const bytes = steps.reduce((sum, step) => sum + step.limits.bytes, 0);
  return {
    seconds: (limits?.minutes ?? DEFAULT_MINUTES) * 60 - seconds,
    bytes: (limits?.bytes ?? DEFAULT_BYTES) - bytes,
  };
}

/** How many characters each request may have, so that all of them fit; one that salvage may send again counts twice. */
export function shareCharacters(contents: readonly SessionContent[]): number {
  const weights = contents.map((content) => {
    if (ownStepOf(content) === null) return 0;
    const [first] = content.run ?? [];
    return content.put === undefined && first !== undefined && 'archive' in first ? 1 : 2;
  });
  const sum = weights.reduce<number>((total, weight) => total + weight, 0);
  return Math.min(MAX_REQUEST_CHARACTERS, Math.floor(MOST_REQUEST_CHARACTERS / Math.max(1, sum)));
}

/** How many characters one more request may have beside these sessions, and `none` when it is not worth another run. */
export function roomForRequest(sessions: readonly Session[]): number | 'none' {
  const free = MOST_CHARACTERS - weigh(sessions) - COMMAND_CHARACTERS;
  return free < LEAST_REQUEST_CHARACTERS ? 'none' : Math.min(MAX_REQUEST_CHARACTERS, free);
}

/** What sessions take of a row: all but the first command of each may be sent again in a session of their own. */
function weigh(sessions: readonly Session[]): number {
  const again = sessions.map(({ commands }) => commands.slice(1));
  return JSON.stringify(sessions).length + JSON.stringify(again).length;
}

/** The step of a session that runs a script of our contract, null when it has none. */
export function ownStepOf(content: SessionContent): OwnStep | null {
  return content.run?.find((step): step is OwnStep => 'archive' in step) ?? null;
}
