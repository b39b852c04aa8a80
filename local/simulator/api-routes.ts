import { join } from 'node:path';
import { liveAction } from './action-life.ts';
import { createActionReader } from './action-reader.ts';
import type { LifeParts } from './action-status.ts';
import { alertRoutes } from './alerts.ts';
import { cancelRoutes } from './cancel.ts';
import type { Route } from './http/route.ts';
import { investigationRoutes } from './investigation-package.ts';
import { libraryRoutes } from './library-files.ts';
import { liveResponseRoutes } from './live-response.ts';
import { chooseMachine } from './machine/choose-machine.ts';
import { machineActionRoutes } from './machine-actions.ts';
import { findMachine, machineRoutes } from './machines.ts';
import { signLink } from './results/link-signature.ts';
import { signPackageLink } from './results/package-link.ts';
import type { RunningWork } from './running-work.ts';
import type { Tenant } from './tenant.ts';

/** What the endpoints need beside the tenant: where they are, where links lead, and what keeps track of what they start. */
export type RouteParts = {
  tenant: Tenant;
  folder: string;
  work: RunningWork;
  apiUrl(): string;
  linkOrigin: string;
  linkKey: Buffer;
};

/** All endpoints of the simulated API. */
export function apiRoutes({ tenant, folder, work, apiUrl, linkOrigin, linkKey }: RouteParts): Route[] {
  const { scenario, switches, clock, store } = tenant;
  const { limits, timings } = scenario;
  const see = createActionReader({ clock, timings, switches });
  const lists = { apiUrl, pageSize: limits.pageSize, orderBy: switches.orderBy };
  const common = { ...tenant, ...lists, appName: scenario.appName, tenantId: scenario.tenantId, limits, timings, see };
  const life: LifeParts = { ...common, results: store.results, folder: join(folder, 'actions'), signal: work.signal };
  const machineParts = { ...common, folder: join(folder, 'machines') };
  const ofLink = (): { origin: string; key: Buffer; nowMs: number; lifetimeMs: number } => ({
    origin: linkOrigin,
    key: linkKey,
    nowMs: clock.now(),
    lifetimeMs: timings.linkLifetimeMs,
  });
  return [
    ...alertRoutes({ ...common, findMachine: (id) => findMachine(tenant.machines, id) }),
    ...machineRoutes(common),
    ...liveResponseRoutes({
      ...common,
      start: (action, machine) =>
        work.follow(action, () => liveAction(action, machine, chooseMachine(machine, machineParts), life)),
    }),
    ...machineActionRoutes({ ...common, signLink: (blobPath) => signLink({ ...ofLink(), blobPath }) }),
    ...cancelRoutes({ ...common, life, follow: work.follow }),
    ...investigationRoutes({
      ...common,
      life,
      follow: work.follow,
      signLink: (actionId) => signPackageLink({ ...ofLink(), actionId }),
    }),
    ...libraryRoutes({ ...common, uploadBytes: limits.uploadBytes }),
  ];
}
