import { basisOf, type Collection, type CollectionIn } from './collection.ts';
import type { Effect } from './collection-event.ts';
import type { ActionCommand, MachineAction } from './machine-action.ts';
import type { Plan } from './plan.ts';
import { expectResults, judgeResults, type Result } from './result.ts';
import { salvageSession } from './salvage.ts';

/** A collection that has something under way: planned and not yet sealing. */
export type Underway = CollectionIn<'planned' | 'starting' | 'running' | 'copying'>;

/** Where a collection goes next, and what that asks for. */
export interface Onward {
  readonly collection: Collection;
  readonly effects: readonly Effect[];
}

/** Settles the session of an action that came to its end: what is to be copied, what is missing, what is tried again. */
export function endSession(collection: CollectionIn<'running'>, action: MachineAction, now: string): Onward {
  const number = collection.progress.session;
  const session = collection.plan.sessions[number] ?? { commands: [] };
  const said = readCommands(action);
  const indexes = session.commands.map((_, index) => index);
  const failed = indexes.filter((index) => said.get(index)?.status === 'Failed');
  const skipped = indexes.filter((index) => statusOf(said.get(index), action) === 'Created');
  const canSalvage = action.status === 'Failed' && failed.length > 0;
  const salvage = canSalvage ? salvageSession(session, failed, skipped) : { session: null, moved: [] };

  const results = collection.results.map((result): Result => {
    if (result.session !== number) return result;
    if (salvage.moved.includes(result.index)) return { ...keepBasis(result), failure: null, status: 'moved' };
    return settle(result, said.get(result.index), action, now);
  });
  if (salvage.session === null) return goOn({ ...collection, results }, now);
  const plan: Plan = { ...collection.plan, sessions: [...collection.plan.sessions, salvage.session] };
  return goOn(
    { ...collection, plan, results: [...results, ...expectResults(salvage.session, collection.plan.sessions.length)] },
    now,
  );
}

/** Marks every result that has not come as missing, for one reason, and goes on. */
export function giveUpResults(collection: Underway, scope: 'session' | 'all', failure: string, now: string): Onward {
  const results = collection.results.map((result): Result => {
    const inScope = scope === 'all' || result.session === collection.progress.session;
    const pending = result.status === 'planned' || result.status === 'waiting';
    return inScope && pending
      ? { ...keepBasis(result), failure: result.failure ?? failure, status: 'missing' }
      : result;
  });
  return goOn({ ...collection, results }, now);
}

/** The next step of a collection by its results: copy what waits, run the next session, or seal. */
export function goOn(given: Underway, now: string): Onward {
  const collection = given.calledOff === null ? given : { ...given, results: abandonPlanned(given) };
  const basis = { ...basisOf(collection), notBefore: now, tries: 0 };
  const { plan, progress, machineId, results } = collection;
  const waiting = results.filter((result) => result.status === 'waiting');
  const [first] = waiting;
  if (first !== undefined) {
    const tickets = waiting.map(
      (result): Effect => ({
        type: 'write ticket',
        session: result.session,
        index: result.index,
        attempt: result.tries + 1,
      }),
    );
    const fresh = collection.status === 'copying' ? [] : tickets;
    return {
      collection: { ...basis, status: 'copying', machineId, plan, progress, actionId: first.actionId },
      effects: fresh,
    };
  }
  const next = progress.session + 1;
  if (next < plan.sessions.length && results.some((result) => result.session >= next && result.status === 'planned')) {
    const notBefore = addMs(now, plan.sessions[next]?.delayMs ?? 0);
    return {
      collection: { ...basis, notBefore, status: 'planned', machineId, plan, progress: { session: next, attempt: 0 } },
      effects: [],
    };
  }
  const outcome = collection.calledOff === null ? judgeResults(results) : 'cancelled';
  return {
    collection: {
      ...basis,
      status: 'sealing',
      machineId,
      plan,
      progress,
      sealedAt: now,
      outcome,
      why: null,
      manifest: null,
    },
    effects: [],
  };
}

/** Of a collection that was called off nothing more is run: what was planned is missing. */
function abandonPlanned({ results, calledOff }: Underway): readonly Result[] {
  const failure = calledOff?.reason ?? 'It was called off.';
  return results.map(
    (result): Result => (result.status === 'planned' ? { ...keepBasis(result), failure, status: 'missing' } : result),
  );
}

function addMs(at: string, ms: number): string {
  return new Date(Date.parse(at) + ms).toISOString();
}

/** What is said of each command by its index; of two that bear the same one, the completed counts. */
function readCommands(action: MachineAction): ReadonlyMap<number, ActionCommand> {
  const inOrder = [...action.commands].sort(
    (a, b) => Number(a.status === 'Completed') - Number(b.status === 'Completed'),
  );
  return new Map(inOrder.map((command) => [command.index, command]));
}

/** A command that an answer does not name completed if its action succeeded; its result is asked for. */
function statusOf(said: ActionCommand | undefined, action: MachineAction): ActionCommand['status'] {
  return said?.status ?? (action.status === 'Succeeded' ? 'Completed' : 'Created');
}

function settle(result: Result, said: ActionCommand | undefined, action: MachineAction, now: string): Result {
  const basis = keepBasis(result);
  const status = statusOf(said, action);
  const failure = describeFailure(said, action);
  const waiting = { status: 'waiting' as const, actionId: action.id, since: now, tries: 0 };
  switch (status) {
    case 'Completed':
      return { ...basis, failure: null, ...waiting };
    case 'Failed':
      return result.command === 'RunScript'
        ? { ...basis, failure, ...waiting }
        : { ...basis, failure, status: 'missing' };
    case 'Created':
      return { ...basis, failure, status: 'missing' };
    default: {
      const unknown: never = status;
      throw new Error(`Unknown command status ${String(unknown)}.`);
    }
  }
}

function describeFailure(said: ActionCommand | undefined, action: MachineAction): string {
  const errors = (said?.errors ?? []).join(' ').trim();
  if (errors !== '') return errors.slice(0, 300);
  return said?.status === 'Failed'
    ? 'The command failed on the machine, and Defender gives no reason.'
    : `The command was not run: the machine action ended as ${action.status}.`;
}

function keepBasis(result: Result) {
  const { session, index, command, subject, failure } = result;
  return { session, index, command, subject, failure };
}
