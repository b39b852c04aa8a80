import { createHash } from 'node:crypto';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { EndpointName } from '../../../shared/defender/permissions.ts';
import { QUOTA_OF, type QuotaName } from '../../../shared/defender/quotas.ts';
import type { LibraryFile } from '../../../shared/domain/library-file.ts';
import type { Machine } from '../../../shared/domain/machine.ts';
import type { LiveResponseRequest, MachineAction } from '../../../shared/domain/machine-action.ts';
import type { Found } from '../../../shared/pipeline/ports.ts';
import { type LinkOutcome, hideLink } from '../../../shared/domain/result-link.ts';
import type { StartOutcome } from '../../../shared/domain/start-outcome.ts';
import type { Chance } from '../chance.ts';
import type { MachinePlan, Scenario } from '../scenario.ts';
import type { Timeline } from '../timeline.ts';
import type { Weather } from '../weather.ts';
import { refuseCall } from './played-faults.ts';
import { acceptAction, isOpen, type PlayedAction, REQUESTOR, viewAt } from './played-action.ts';
import { describeAlert, describeMachine, makeResult, PLANTED_SECRET } from './played-content.ts';
import { cancelWork, leftOf, workOn } from './work-action.ts';

/** What reached Defender: the record by which the invariants are judged. */
export type DefenderFact =
  | { readonly fact: 'call'; readonly quota: QuotaName }
  | {
      readonly fact: 'start';
      readonly request: LiveResponseRequest;
      readonly outcome: StartOutcome['outcome'];
      /** What was accepted, whatever the answer said. */
      readonly accepted: PlayedAction | null;
    }
  | { readonly fact: 'cancel'; readonly action: PlayedAction | null };

/** Defender as it is played: what it is asked happens at once, and it remembers everything. */
export interface PlayedDefender {
  readonly actions: ReadonlyMap<string, PlayedAction>;
  start(request: LiveResponseRequest): StartOutcome;
  list(filter: { readonly ids?: readonly string[]; readonly machineId?: string }): readonly MachineAction[];
  get(actionId: string): MachineAction | null;
  cancel(actionId: string): 'asked' | 'already final' | 'not found';
  link(actionId: string, index: number): LinkOutcome;
  /** The content behind a link's path and query, null when it has expired. */
  follow(link: URL): Buffer | null;
  alert(alertId: string): Found<'alert', Alert>;
  files(alertId: string): Found<'files', readonly []>;
  machine(machineId: string): Found<'machine', Machine>;
  library(): readonly LibraryFile[];
  upload(fileName: string, content: Uint8Array): 'uploaded' | 'exists';
  /** Somebody else starts something, by whatever comment. */
  startForeign(request: LiveResponseRequest, requestor: string): PlayedAction | null;
}

/** What Defender is played with. */
export interface DefenderParts {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly sinceStart: () => number;
  readonly chance: Chance;
  readonly weather: Weather;
  readonly watch: (fact: DefenderFact) => void;
}

/** Two starts within so long may both be accepted: its guard against a second one is racy. */
const GUARD_MS = 500;

/** How long a link is valid (Defender: get live response result). */
const LINK_MS = 30 * 60_000;

/** Plays Defender. */
export function playDefender({
  scenario,
  timeline,
  sinceStart,
  chance,
  weather,
  watch,
}: DefenderParts): PlayedDefender {
  const actions = new Map<string, PlayedAction>();
  const library = new Map<string, LibraryFile>();
  const links = new Map<string, { readonly action: PlayedAction; readonly index: number; readonly untilMs: number }>();
  const { lagMs } = scenario.settings;
  const machines = new Map(scenario.machines.map((machine): [string, MachinePlan] => [machine.id, machine]));
  const alerts = new Map(scenario.alerts.map((alert) => [alert.id, alert]));

  /** What a reader is shown may be behind. */
  const readTime = () => timeline.now() - (chance.happens(0.3) ? chance.next() * lagMs : 0);

  function call<T>(endpoint: EndpointName, act: () => T): T {
    watch({ fact: 'call', quota: QUOTA_OF[endpoint] });
    const waitMs = weather.throttles('other');
    if (waitMs !== null) throw refuseCall(endpoint, 429, waitMs);
    const fails = weather.fails();
    if (fails === 'before acting') throw refuseCall(endpoint, 503, null);
    const answer = act();
    if (fails === 'after acting') throw refuseCall(endpoint, 502, null);
    return answer;
  }

  function accept(request: LiveResponseRequest, machine: MachinePlan, who: Parameters<typeof acceptAction>[3]) {
    const id = `aaaabbbb-0000-cccc-1111-${String(actions.size + 1).padStart(12, '0')}`;
    const action = acceptAction(id, request, timeline.now(), who);
    actions.set(id, action);
    workOn({ timeline, sinceStart }, machine, action);
    return action;
  }

  function decideStart(request: LiveResponseRequest): { outcome: StartOutcome; accepted: PlayedAction | null } {
    const no = (outcome: StartOutcome) => ({ outcome, accepted: null });
    const afterMs = weather.throttles('start');
    if (afterMs !== null) return no({ outcome: 'throttled', afterMs, reason: 'Defender asked for fewer calls.' });
    const fails = weather.fails();
    if (fails === 'before acting') return no({ outcome: 'unknown', reason: 'Defender answered 503.' });
    const machine = machines.get(request.machineId);
    if (machine === undefined) return no({ outcome: 'refused', reason: 'Defender does not know the machine.' });
    const isTaken = [...actions.values()].some(
      (other) => other.machineId === machine.id && isOpen(other) && timeline.now() - other.acceptedMs > GUARD_MS,
    );
    if (isTaken || leftOf(machine.portal, sinceStart()) > 0)
      return no({ outcome: 'busy', reason: 'Another live response is under way on the machine.' });
    const accepted = accept(request, machine, { from: 'the collector', requestor: REQUESTOR });
    const view = viewAt(accepted, timeline.now());
    if (view === null) throw new Error('What was just accepted is there.');
    if (fails === 'after acting')
      return { outcome: { outcome: 'unknown', reason: 'Defender answered 502.' }, accepted };
    return { outcome: { outcome: 'started', action: view }, accepted };
  }

  return {
    actions,
    start(request) {
      const { outcome, accepted } = decideStart(request);
      watch({ fact: 'start', request, outcome: outcome.outcome, accepted });
      return outcome;
    },
    list: (filter) =>
      call('list machine actions', () => {
        const atMs = readTime();
        return [...actions.values()].flatMap((action) => {
          if (filter.ids !== undefined && !filter.ids.includes(action.id)) return [];
          if (filter.machineId !== undefined && filter.machineId !== action.machineId) return [];
          const view = viewAt(action, atMs);
          return view === null ? [] : [view];
        });
      }),
    get: (actionId) =>
      call('get machine action', () => {
        const action = actions.get(actionId);
        return action === undefined ? null : viewAt(action, readTime());
      }),
    cancel: (actionId) =>
      call('cancel machine action', () => {
        const action = actions.get(actionId) ?? null;
        watch({ fact: 'cancel', action });
        const machine = action === null ? undefined : machines.get(action.machineId);
        if (action === null || machine === undefined) return 'not found';
        return cancelWork({ timeline, sinceStart }, machine, action);
      }),
    link: (actionId, index) =>
      call('get result link', (): LinkOutcome => {
        const action = actions.get(actionId);
        const view = action === undefined ? null : viewAt(action, readTime());
        const command = view?.commands[index];
        const hasResult =
          command !== undefined &&
          command.type !== 'PutFile' &&
          (command.status === 'Completed' || (command.status === 'Failed' && command.type === 'RunScript'));
        if (action === undefined || !hasResult)
          return { outcome: 'no result', reason: 'Defender has no result for it.' };
        const path = `/results/${links.size + 1}`;
        const linkMs = sinceStart() < scenario.faultsEndMs ? scenario.settings.linkMs : LINK_MS;
        links.set(path, { action, index, untilMs: timeline.now() + linkMs });
        return {
          outcome: 'link',
          link: hideLink(`https://results.blob.core.windows.net${path}?sp=r&sig=${PLANTED_SECRET}`),
        };
      }),
    follow(link) {
      const found = links.get(link.pathname);
      return found === undefined || timeline.now() >= found.untilMs ? null : makeResult(found.action, found.index);
    },
    alert: (alertId) =>
      call('get alert', () => {
        const plan = alerts.get(alertId);
        const machine = plan === undefined ? undefined : scenario.machines[plan.machine];
        if (plan === undefined || machine === undefined || sinceStart() < plan.knownFromMs)
          return { outcome: 'not found' };
        const alert = describeAlert(plan, machine);
        return { outcome: 'found', alert, raw: JSON.stringify(alert) };
      }),
    files: () => call('get alert files', () => ({ outcome: 'found', files: [], raw: '{"value":[]}' })),
    machine: (machineId) =>
      call('get machine', () => {
        const plan = machines.get(machineId);
        if (plan === undefined) return { outcome: 'not found' };
        const machine = describeMachine(plan);
        return { outcome: 'found', machine, raw: JSON.stringify(machine) };
      }),
    library: () =>
      call('list library files', () =>
        [...library.values()].map((file) =>
          weather.isTampered() ? { ...file, sha256: 'f'.repeat(64), createdBy: 'somebody else' } : file,
        ),
      ),
    upload: (fileName, content) =>
      call('upload library file', () => {
        if (library.has(fileName)) return 'exists';
        const sha256 = createHash('sha256').update(content).digest('hex');
        library.set(fileName, { fileName, sha256, createdBy: REQUESTOR, lastUpdatedAt: null });
        return 'uploaded';
      }),
    startForeign(request, requestor) {
      const machine = machines.get(request.machineId);
      const isTaken = [...actions.values()].some((other) => other.machineId === request.machineId && isOpen(other));
      return machine === undefined || isTaken ? null : accept(request, machine, { from: 'somebody else', requestor });
    },
  };
}
