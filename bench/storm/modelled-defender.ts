import type { LiveResponseRequest } from '../../shared/domain/machine-action.ts';
import type { EndpointName } from '../../shared/defender/permissions.ts';
import { type CallLimit, type CallWindow, openWindow } from './call-window.ts';
import { endOf, type ModelledAction } from './modelled-action.ts';
import { answersFrom, HOUR_MS, MINUTE_MS, type Storm } from './storm.ts';

/** What Defender says to a call: an answer, or 429 with a wait. */
export type Reply<T> =
  | { readonly reply: 'answer'; readonly answer: T }
  | { readonly reply: 'throttled'; readonly afterMs: number };

/** What becomes of a live response that is asked for; `busy` is the 400 of a machine that has one already. */
export type Started = { readonly started: 'yes'; readonly action: ModelledAction } | { readonly started: 'busy' };

/** Calls of one API: answered ones and those that got a 429. */
export interface CallCount {
  readonly answered: number;
  readonly throttled: number;
}

/**
 * A Defender that acts in virtual time: at most 10 live responses started in any 60 s and 25 at a time, pending ones
 * counted (the smaller of the published figures), one a machine; 100 calls a minute and 1,500 an hour of every other API;
 * an action pends while its machine is away and is given up after two hours (Defender: run live response, Limitations).
 */
export interface ModelledDefender {
  readonly actions: readonly ModelledAction[];
  readonly calls: ReadonlyMap<EndpointName, CallCount>;
  /** When each live response was asked for, whatever came of it. */
  readonly askedAtMs: readonly number[];
  /** A call of any API but live response, at the moment it arrives. */
  readonly ask: <T>(endpoint: EndpointName, read: () => T) => Reply<T>;
  readonly start: (request: LiveResponseRequest) => Reply<Started>;
  readonly find: (actionId: string) => ModelledAction | null;
}

const STARTS: readonly CallLimit[] = [{ calls: 10, spanMs: MINUTE_MS }];
const OTHERS: readonly CallLimit[] = [
  { calls: 100, spanMs: MINUTE_MS },
  { calls: 1_500, spanMs: HOUR_MS },
];
const SESSIONS = 25;
const QUEUE_MS = 2 * HOUR_MS;
/** A 429 for too many sessions does not say when one ends. */
const SESSIONS_FULL_MS = 30_000;

/** A modelled Defender of which nothing is used. */
export function openDefender(storm: Storm, nowMs: () => number): ModelledDefender {
  const actions: ModelledAction[] = [];
  const byId = new Map<string, ModelledAction>();
  const askedAtMs: number[] = [];
  const calls = new Map<EndpointName, CallCount>();
  const windows = new Map<EndpointName, CallWindow>();
  let open: ModelledAction[] = [];

  const count = (endpoint: EndpointName, what: keyof CallCount): void => {
    const before = calls.get(endpoint) ?? { answered: 0, throttled: 0 };
    calls.set(endpoint, { ...before, [what]: before[what] + 1 });
  };
  const admit = (endpoint: EndpointName, limits: readonly CallLimit[]): number => {
    const window = windows.get(endpoint) ?? openWindow(limits);
    windows.set(endpoint, window);
    const admitted = window.admit(nowMs());
    return admitted.admitted === 'yes' ? 0 : admitted.afterMs;
  };
  const accept = (request: LiveResponseRequest): ModelledAction => {
    const { machineId } = request;
    const done = actions.filter(
      (action) => action.request.machineId === machineId && endOf(action).status === 'Succeeded',
    );
    const times = storm.timesOf(machineId, done.length);
    const action: ModelledAction = {
      id: `aaaabbbb-0000-cccc-1111-${String(actions.length + 1).padStart(12, '0')}`,
      request,
      startedAtMs: nowMs(),
      takenUpAtMs: Math.max(nowMs(), answersFrom(storm, machineId)) + times.pickupMs,
      expiresAtMs: nowMs() + QUEUE_MS,
      times,
      cancelledAtMs: Number.POSITIVE_INFINITY,
    };
    actions.push(action);
    byId.set(action.id, action);
    open.push(action);
    return action;
  };
  return {
    actions,
    calls,
    askedAtMs,
    ask: (endpoint, read) => {
      const afterMs = admit(endpoint, OTHERS);
      count(endpoint, afterMs === 0 ? 'answered' : 'throttled');
      return afterMs === 0 ? { reply: 'answer', answer: read() } : { reply: 'throttled', afterMs };
    },
    start: (request) => {
      askedAtMs.push(nowMs());
      open = open.filter((action) => endOf(action).atMs > nowMs());
      const afterMs = admit('run live response', STARTS) || (open.length >= SESSIONS ? SESSIONS_FULL_MS : 0);
      count('run live response', afterMs === 0 ? 'answered' : 'throttled');
      if (afterMs > 0) return { reply: 'throttled', afterMs };
      const isBusy = open.some((action) => action.request.machineId === request.machineId);
      return { reply: 'answer', answer: isBusy ? { started: 'busy' } : { started: 'yes', action: accept(request) } };
    },
    find: (actionId) => byId.get(actionId) ?? null,
  };
}
