import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cancelLater, type LifeParts, liveAction } from './action-life.ts';
import { alertRoutes } from './alerts.ts';
import { listArchiveFolders, removeArchiveFolders } from './clean-archives.ts';
import { type Clock, realClock } from './clock.ts';
import { createTimestamps } from './defender-time.ts';
import { type Call, createCallLog } from './http/call-log.ts';
import { createFaults } from './http/fault.ts';
import { closeServer, listenOnLoopback } from './http/listen.ts';
import { createQuota } from './http/quota.ts';
import { createApiServer } from './http/serve-api.ts';
import { openLibrary } from './library.ts';
import { libraryRoutes } from './library-files.ts';
import { liveResponseRoutes } from './live-response.ts';
import { chooseMachine } from './machine/choose-machine.ts';
import { type ActionStore, isOpen, type MachineActionEntity, type StoredAction } from './machine-action.ts';
import { machineActionRoutes } from './machine-actions.ts';
import { machineRoutes } from './machines.ts';
import { signLink } from './results/link-signature.ts';
import { createLinkServer } from './results/serve-links.ts';
import type { Scenario, ScenarioAlert, ScenarioMachine } from './scenario.ts';
import { collectorRoles, mintToken } from './token.ts';

/** What a simulator starts from; `folder` holds everything it writes, a port of 0 or none takes a free one. */
export type SimulatorOptions = {
  scenario: Scenario;
  folder: string;
  port?: number;
  linkPort?: number;
  clock?: Clock;
};

/**
 * A running simulator. `token` has the roles that a collector needs; `calls` and `actions` are copies of what there is
 * now; `close` ends what runs, removes the archives its scripts left, and rejects if anything inside had failed.
 */
export type Simulator = {
  apiUrl: string;
  linkOrigin: string;
  token: string;
  tokenWith(roles: string[]): string;
  calls(): readonly Call[];
  actions(): readonly MachineActionEntity[];
  addAlert(alert: ScenarioAlert): void;
  addMachine(machine: ScenarioMachine): void;
  close(): Promise<void>;
};

/** Starts the Defender for Endpoint simulator on two ports of 127.0.0.1: the API, and the origin of result links. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { scenario, folder } = options;
  const { tenantId, appName, appId, limits, timings } = scenario;
  const clock = options.clock ?? realClock;
  const timestamp = createTimestamps(clock);
  const calls = createCallLog(clock);
  const stop = new AbortController();
  const failures: unknown[] = [];
  const lives: Promise<void>[] = [];
  const store: ActionStore = { actions: new Map(), results: new Map() };
  const alerts = new Map<string, ScenarioAlert>();
  const machines = new Map<string, ScenarioMachine>();
  const addAlert = (alert: ScenarioAlert): void => void alerts.set(alert.entity.id, structuredClone(alert));
  const addMachine = (machine: ScenarioMachine): void => void machines.set(machine.entity.id, structuredClone(machine));
  scenario.alerts.forEach(addAlert);
  scenario.machines.forEach(addMachine);

  const archivesBefore = await listArchiveFolders();
  await mkdir(folder, { recursive: true });
  const library = await openLibrary(join(folder, 'library'), scenario.libraryFiles);

  const life: Omit<LifeParts, 'runCommand'> = {
    results: store.results,
    folder: join(folder, 'actions'),
    clock,
    timings,
    timestamp,
    signal: stop.signal,
  };
  const follow = (action: StoredAction, running: Promise<void>): void => {
    const end = running.catch((error: unknown) => {
      if (stop.signal.aborted) return;
      failures.push(error);
      if (isOpen(action)) action.entity.status = 'Failed';
    });
    lives.push(end);
  };
  const linkKey = randomBytes(32);
  const linkServer = createLinkServer({ results: store.results, key: linkKey, clock, calls });
  const linkOrigin = await listenOnLoopback(linkServer, options.linkPort ?? 0);
  let apiUrl = '';
  const lists = { apiUrl: () => apiUrl, pageSize: limits.pageSize };
  const routes = [
    ...alertRoutes({ alerts, findMachine: (id) => machines.get(id)?.entity, ...lists, appName, timestamp }),
    ...machineRoutes({ machines, ...lists }),
    ...liveResponseRoutes({
      machines,
      store,
      sessionLimit: limits.sessions,
      appName,
      clock,
      timestamp,
      start: (action, machine) => {
        const runCommand = chooseMachine(machine, { scenario, folder: join(folder, 'machines'), library, clock });
        follow(action, liveAction(action, { ...life, runCommand }));
      },
    }),
    ...machineActionRoutes({
      store,
      visibilityLagMs: timings.visibilityLagMs,
      appName,
      ...lists,
      clock,
      timestamp,
      signLink: (blobPath) =>
        signLink({
          origin: linkOrigin,
          blobPath,
          key: linkKey,
          nowMs: clock.now(),
          lifetimeMs: timings.linkLifetimeMs,
        }),
      cancel: (action) => follow(action, cancelLater(action, life)),
    }),
    ...libraryRoutes({ library, appName, timestamp }),
  ];
  const takeQuota = createQuota(limits, tenantId, clock);
  const apiServer = createApiServer({
    routes,
    tenantId,
    clock,
    calls,
    takeQuota,
    takeFault: createFaults(scenario.faults),
  });
  apiUrl = await listenOnLoopback(apiServer, options.port ?? 0).catch(async (error: unknown) => {
    await closeServer(linkServer);
    throw error;
  });

  const tokenWith = (roles: readonly string[]): string =>
    mintToken({ tenantId, appId, appName, roles, nowMs: clock.now(), lifetimeMs: timings.tokenLifetimeMs });
  return {
    apiUrl,
    linkOrigin,
    token: tokenWith(collectorRoles),
    tokenWith,
    calls: calls.list,
    actions: () => structuredClone([...store.actions.values()].map((action) => action.entity)),
    addAlert,
    addMachine,
    close: async () => {
      stop.abort();
      await Promise.all([closeServer(apiServer), closeServer(linkServer), ...lives]);
      await removeArchiveFolders(getFilePathsOf(store, machines), archivesBefore);
      if (failures.length > 0) throw new AggregateError(failures, 'The Defender simulator failed inside.');
    },
  };
}

/** The paths that were asked for on machines that are this computer. */
function getFilePathsOf(store: ActionStore, machines: ReadonlyMap<string, ScenarioMachine>): string[] {
  return [...store.actions.values()]
    .filter((action) => machines.get(action.entity.machineId)?.kind === 'executes')
    .flatMap((action) => action.commands)
    .flatMap((command) => (command.type === 'GetFile' ? [command.path] : []));
}
