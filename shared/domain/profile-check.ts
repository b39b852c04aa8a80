import type * as z from 'zod';
import { judgePath } from './get-path.ts';
import type { Conditions } from './match-conditions-schema.ts';
import { listAlternatives } from './match-conditions.ts';
import type { ProfileContent, SessionContent } from './profile-schema.ts';
import { expandTemplate } from './profile-template.ts';

/** A plan has at most this many commands: its results are saved in one transaction. */
export const MOST_COMMANDS = 50;
/** How long a harvest may wait for detached work and pack it, in seconds. */
export const HARVEST_SECONDS = 540;

/** Live response ends a script after ten minutes. */
const MOST_SECONDS = 570;

type Fault = { readonly path: readonly (string | number)[]; readonly message: string };

/** Says what a profile's parts do not agree on: what one key alone cannot show. */
export function checkProfile(profile: ProfileContent, context: z.RefinementCtx): void {
  const isList = Array.isArray(profile.collect);
  const sessions = listSessions(profile.collect);
  const faults = sessions.flatMap((session, number) =>
    checkSession(session, listAlternatives(profile.when)).map(({ path, message }) => ({
      path: ['collect', ...(isList ? [number] : []), ...path],
      message,
    })),
  );
  for (const { path, message } of [...faults, ...checkLimits(profile, sessions)])
    context.addIssue({ code: 'custom', path: [...path], message });
}

/** The sessions of `collect`, which may be one alone. */
export function listSessions(collect: ProfileContent['collect']): readonly SessionContent[] {
  return Array.isArray(collect) ? collect : [collect];
}

function checkSession(session: SessionContent, alternatives: readonly Conditions[]): readonly Fault[] {
  const { put = [], run = [], get = [] } = session;
  if (put.length + run.length + get.length === 0) return [{ path: [], message: 'something to put, run or get' }];
  const faults: Fault[] = [];
  for (const [index, step] of run.entries())
    if ('archive' in step && step.detached === undefined && step.limits.seconds > MOST_SECONDS)
      faults.push({
        path: ['run', index, 'limits', 'seconds'],
        message: `expected number to be <=${MOST_SECONDS} for work that is not detached`,
      });
  const own = run.flatMap((step, index) => ('archive' in step ? [index] : []));
  for (const index of own.slice(1))
    faults.push({
      path: ['run', index],
      message: 'at most one script with an archive in a session; begin another session',
    });
  for (const [index, step] of get.entries()) {
    const { path, madeBy } = typeof step === 'string' ? { path: step, madeBy: undefined } : step;
    if (madeBy !== undefined && !run.some(({ script }) => script === madeBy))
      faults.push({ path: ['get', index, 'madeBy'], message: 'a script that this session runs' });
    const judged = judgePath(expandTemplate(path, { collectionId: '0', session: 0 })).judgement;
    if (judged !== 'refused' && !alternatives.every((when) => fits(judged, when['operatingSystem'])))
      faults.push({
        path: ['get', index],
        message: `a path of the system that \`when\` says: set operatingSystem to ${judged === 'windows' ? 'windows' : 'linux or macos'}`,
      });
  }
  return faults;
}

function fits(kind: 'windows' | 'unix', system: unknown): boolean {
  const systems: readonly unknown[] = Array.isArray(system) ? system : [system];
  return systems.every((one) => (kind === 'windows' ? one === 'windows' : one === 'linux' || one === 'macos'));
}

function checkLimits({ limits }: ProfileContent, sessions: readonly SessionContent[]): readonly Fault[] {
  const faults: Fault[] = [];
  const steps = sessions.flatMap(({ run = [] }) => run).flatMap((step) => ('archive' in step ? [step] : []));
  const bytes = steps.reduce((sum, step) => sum + step.limits.bytes, 0);
  const seconds = steps.reduce((sum, step) => sum + step.limits.seconds + (step.detached ? HARVEST_SECONDS : 0), 0);
  const commands = sessions.reduce((sum, session) => sum + countCommands(session), 0);
  if (limits?.bytes !== undefined && bytes > limits.bytes)
    faults.push({
      path: ['limits', 'bytes'],
      message: `at least ${bytes}, which the archives of its sessions may have`,
    });
  if (limits?.minutes !== undefined && seconds > limits.minutes * 60)
    faults.push({
      path: ['limits', 'minutes'],
      message: `at least ${Math.ceil(seconds / 60)}, which its scripts may take`,
    });
  if (commands > MOST_COMMANDS)
    faults.push({ path: ['collect'], message: `at most ${MOST_COMMANDS} commands; there are ${commands}` });
  return faults;
}

/** The commands that a session comes to: an archive is fetched by one of its own, detached work harvested by two. */
function countCommands({ put = [], run = [], get = [] }: SessionContent): number {
  const more = run.reduce((sum, step) => sum + ('archive' in step ? (step.detached ? 2 : 1) : 0), 0);
  return put.length + run.length + get.length + more;
}
