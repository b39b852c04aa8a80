import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { serveAdmin } from './admin/serve-admin.ts';
import type { AlertEntity } from './alert-entity.ts';
import { apiRoutes } from './api-routes.ts';
import { listArchiveFolders, removeArchiveFolders } from './clean-archives.ts';
import { type Clock, realClock } from './clock.ts';
import { type Call, createCallLog } from './http/call-log.ts';
import { createFaults } from './http/fault.ts';
import { closeServer, listenOnLoopback } from './http/listen.ts';
import { createQuota } from './http/quota.ts';
import { createApiServer } from './http/serve-api.ts';
import type { MachineActionEntity } from './machine-action.ts';
import { createLinkServer } from './results/serve-links.ts';
import { createRunningWork } from './running-work.ts';
import type { Scenario, ScenarioAlert, ScenarioMachine } from './scenario.ts';
import { openTenant } from './tenant.ts';
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
 * now; `addMachine` also replaces one, for the actions that come; `setPortalSession` is a person's session that holds a
 * machine; `close` ends what runs, removes the archives its scripts left, and rejects if anything inside had failed.
 */
export type Simulator = {
  apiUrl: string;
  linkOrigin: string;
  token: string;
  tokenWith(roles: string[]): string;
  calls(): readonly Call[];
  actions(): readonly MachineActionEntity[];
  addAlert(alert: ScenarioAlert): void;
  updateAlert(id: string, changes: Partial<AlertEntity>): void;
  addMachine(machine: ScenarioMachine): void;
  setPortalSession(machineId: string, state: 'open' | 'ended'): void;
  close(): Promise<void>;
};

/** Starts the Defender for Endpoint simulator on two ports of 127.0.0.1: the API, and the origin of result links. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { scenario, folder } = options;
  const { tenantId, appName, appId, limits, timings } = scenario;
  const clock = options.clock ?? realClock;
  const archivesBefore = await listArchiveFolders();
  await mkdir(folder, { recursive: true });
  const tenant = await openTenant(scenario, folder, clock);
  const { alerts, addMachine, updateAlert, actions, portal, switches } = tenant;
  const work = createRunningWork(clock);
  const calls = createCallLog(clock);
  const takeFault = createFaults(scenario.faults);

  const linkKey = randomBytes(32);
  const shared = { clock, calls, switches, takeFault, signal: work.signal };
  const linkServer = createLinkServer({ ...shared, results: tenant.store.results, key: linkKey });
  const linkOrigin = await listenOnLoopback(linkServer, options.linkPort ?? 0);
  let apiUrl = '';
  const admin = { clock, calls: calls.list, actions, addAlert: alerts.add, addMachine, tenantId };
  const apiServer = createApiServer({
    ...shared,
    scenario,
    routes: apiRoutes({ tenant, folder, work, apiUrl: () => apiUrl, linkOrigin, linkKey }),
    takeQuota: createQuota({ limits, switches, tenantId, clock }),
    serveAdmin: (request, path) => serveAdmin(request, path, admin),
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
    actions,
    addAlert: alerts.add,
    updateAlert,
    addMachine,
    setPortalSession: portal.set,
    close: async () => {
      work.stop();
      await Promise.all([closeServer(apiServer), closeServer(linkServer)]);
      try {
        await work.end();
      } finally {
        await removeArchiveFolders(tenant.pathsAskedFor(), archivesBefore);
      }
    },
  };
}
