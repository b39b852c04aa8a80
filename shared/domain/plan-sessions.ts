import type { RelatedFile } from './alert.ts';
import type { Command, Session } from './command.ts';
import type { OperatingSystem } from './machine.ts';
import type { PlannedScript } from './plan.ts';
import { HARVEST_SECONDS, listSessions, MOST_COMMANDS } from './profile-check.ts';
import type { Profile } from './profile.ts';
import type { OwnStep, SessionContent } from './profile-schema.ts';
import { expandTemplate } from './profile-template.ts';
import { leaveRoom, ownStepOf, type RoomLeft, roomForRequest, shareCharacters } from './plan-room.ts';
import { pinScripts } from './plan-scripts.ts';
import { encodeRequest, placeArchive } from './script-request.ts';

/** The sessions of a profile for a machine, or the sentence that says why there are none. */
export type PlannedSessions =
  | {
      readonly outcome: 'sessions';
      readonly sessions: readonly Session[];
      readonly scripts: readonly PlannedScript[];
      /** How many of the files are asked for. */
      readonly filesRequested: number;
    }
  | { readonly outcome: 'none'; readonly reason: string };

/** What sessions are made of; `files` are those that can be asked for, each once. */
export interface SessionsInput {
  readonly profile: Profile;
  readonly collectionId: string;
  readonly system: OperatingSystem;
  readonly files: readonly RelatedFile[];
  /** The reviewed scripts: file name in the library to its SHA-256, hex. */
  readonly scripts: ReadonlyMap<string, string>;
}

/** Plans a profile's sessions: files that one request cannot hold go into further sessions, as far as its limits allow. */
export function planSessions(input: SessionsInput): PlannedSessions {
  const { profile, scripts } = input;
  const contents = listSessions(profile.collect);
  const pinned = pinScripts(profile, contents, scripts);
  if (pinned.outcome === 'none') return pinned;
  const files = input.files.slice(0, profile.limits?.files ?? input.files.length);
  const share = shareCharacters(contents);
  const sessions: Session[] = [];
  const requested = new Set<RelatedFile>();
  const further: Further[] = [];
  for (const content of contents) {
    const step = ownStepOf(content);
    const wanted = step === null ? [] : files.slice(0, step.limits.files);
    const begun = addSessions(input, sessions, content, { wanted, mostCharacters: share });
    note(requested, wanted, begun);
    if (step !== null && step.detached === undefined && begun.length < wanted.length)
      further.push({ step, files: begun });
  }
  let room = leaveRoom(profile, contents);
  for (const next of further) room = addFurther(input, sessions, next, room, requested);
  return { outcome: 'sessions', sessions, scripts: pinned.scripts, filesRequested: requested.size };
}

interface Further {
  readonly step: OwnStep;
  readonly files: readonly RelatedFile[];
}

/** Adds the sessions of one entry of `collect`; answers the wanted files that did not fit. */
function addSessions(
  input: SessionsInput,
  sessions: Session[],
  content: SessionContent,
  { wanted, mostCharacters }: { readonly wanted: readonly RelatedFile[]; readonly mostCharacters: number },
): readonly RelatedFile[] {
  const { collectionId, system } = input;
  const session = sessions.length;
  const values = { collectionId, session };
  const puts = (content.put ?? []).map(
    (put): Command => ({ type: 'PutFile', fileName: typeof put === 'string' ? put : put.file }),
  );
  const runs: Command[] = [];
  const gets: Command[] = [];
  let left = wanted;
  let harvest: Session | null = null;
  for (const step of content.run ?? []) {
    const index = puts.length + runs.length;
    if (!('archive' in step)) {
      runs.push({ type: 'RunScript', scriptName: step.script, args: expandTemplate(step.args, values) });
      continue;
    }
    const archive = placeArchive(system, collectionId, session, step.archive);
    const options = [...(step.options ?? []), ...(step.detached === undefined ? [] : ['detached'])];
    const request = { collectionId, session, archive, limitBytes: step.limits.bytes, options };
    const files = wanted.slice(0, step.limits.files);
    const begin = encodeRequest({ ...request, limitSeconds: step.limits.seconds, files }, mostCharacters);
    left = begin.left;
    runs.push({ type: 'RunScript', scriptName: step.script, args: begin.argument });
    if (step.detached === undefined) gets.push({ type: 'GetFile', path: archive, madeBy: index });
    else harvest = harvestLater(step.detached, request, archive);
  }
  for (const get of content.get ?? []) {
    const { path, madeBy } = typeof get === 'string' ? { path: get, madeBy: undefined } : get;
    const maker = runs.findIndex((run) => run.type === 'RunScript' && run.scriptName === madeBy);
    gets.push({
      type: 'GetFile',
      path: expandTemplate(path, values),
      madeBy: maker === -1 ? null : puts.length + maker,
    });
  }
  const commands = [...puts, ...runs, ...gets];
  const delayMs = (content.delayMinutes ?? 0) * 60_000;
  sessions.push(delayMs === 0 ? { commands } : { commands, delayMs });
  if (harvest !== null) sessions.push(harvest);
  return left;
}

/** The session that fetches what detached work made: its request names the session and the archive of the start. */
function harvestLater(
  detached: NonNullable<OwnStep['detached']>,
  {
    collectionId,
    session,
    limitBytes,
  }: { readonly collectionId: string; readonly session: number; readonly limitBytes: number },
  archive: string,
): Session {
  const { argument } = encodeRequest({
    collectionId,
    session,
    archive,
    limitBytes,
    limitSeconds: HARVEST_SECONDS,
    files: [],
  });
  return {
    commands: [
      { type: 'RunScript', scriptName: detached.harvest, args: argument },
      { type: 'GetFile', path: archive, madeBy: 0 },
    ],
    delayMs: detached.afterMinutes * 60_000,
  };
}

/** Adds sessions of a script for the files that are left, while time, bytes, commands and the row have room. */
function addFurther(
  input: SessionsInput,
  sessions: Session[],
  { step, files }: Further,
  room: RoomLeft,
  requested: Set<RelatedFile>,
): RoomLeft {
  const { seconds, bytes } = room;
  const commands = sessions.reduce((sum, session) => sum + session.commands.length, 0);
  const mostCharacters = roomForRequest(sessions);
  if (files.length === 0 || mostCharacters === 'none' || commands + 2 > MOST_COMMANDS) return room;
  if (seconds < step.limits.seconds || bytes < step.limits.bytes) return room;
  const left = addSessions(input, sessions, { run: [step] }, { wanted: files, mostCharacters });
  if (left.length === files.length) {
    // Paths that are too long for any request: another run would ask for nothing.
    sessions.pop();
    return room;
  }
  note(requested, files, left);
  const after = { seconds: seconds - step.limits.seconds, bytes: bytes - step.limits.bytes };
  return addFurther(input, sessions, { step, files: left }, after, requested);
}

function note(requested: Set<RelatedFile>, wanted: readonly RelatedFile[], left: readonly RelatedFile[]): void {
  const notFitting = new Set(left);
  for (const file of wanted) if (!notFitting.has(file)) requested.add(file);
}
