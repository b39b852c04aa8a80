import { join } from 'node:path';
import { type AlertBook, changeAlert, createAlertBook } from './alert-book.ts';
import type { AlertEntity } from './alert-entity.ts';
import type { Clock } from './clock.ts';
import { createTimestamps } from './defender-time.ts';
import { type Library, openLibrary } from './library.ts';
import { type ActionStore, type MachineActionEntity, storeAction } from './machine-action.ts';
import { createPortalSessions, type PortalSessions } from './machine-states.ts';
import type { Scenario, ScenarioAlert, ScenarioMachine } from './scenario.ts';
import { defaultSwitches, type Switches } from './switches.ts';

/** The state of the simulated tenant, on which all endpoints work. */
export type Tenant = {
  scenario: Scenario;
  switches: Switches;
  clock: Clock;
  timestamp(): string;
  store: ActionStore;
  alerts: AlertBook;
  machines: Map<string, ScenarioMachine>;
  portal: PortalSessions;
  library: Library;
  addMachine(machine: ScenarioMachine): void;
  updateAlert(id: string, changes: Partial<AlertEntity>): void;
  actions(): readonly MachineActionEntity[];
  /** The paths that GetFile was asked for on machines that are this computer. */
  pathsAskedFor(): string[];
};

/** Opens a tenant as a scenario describes it; the library's bytes are kept below the folder. */
export async function openTenant(scenario: Scenario, folder: string, clock: Clock): Promise<Tenant> {
  const switches = { ...defaultSwitches, ...scenario.switches };
  const timestamp = createTimestamps(clock);
  const store: ActionStore = { actions: new Map(), results: new Map() };
  const alerts = createAlertBook(switches, clock);
  const machines = new Map<string, ScenarioMachine>();
  const addMachine = (machine: ScenarioMachine): void => void machines.set(machine.entity.id, structuredClone(machine));
  scenario.alerts.forEach(alerts.add);
  scenario.machines.forEach(addMachine);
  for (const past of scenario.pastActions ?? []) {
    storeAction(store, structuredClone(past), [], Date.parse(past.creationDateTimeUtc));
  }
  return {
    scenario,
    switches,
    clock,
    timestamp,
    store,
    alerts,
    machines,
    portal: createPortalSessions(),
    library: await openLibrary(join(folder, 'library'), scenario.libraryFiles),
    addMachine,
    updateAlert: (id, changes) => changeAlert(findOrThrow(alerts, id), timestamp(), changes),
    actions: () => structuredClone([...store.actions.values()].map((action) => action.entity)),
    pathsAskedFor: () =>
      [...store.actions.values()]
        .filter((action) => machines.get(action.entity.machineId)?.kind === 'executes')
        .flatMap((action) => action.commands)
        .flatMap((command) => (command.type === 'GetFile' ? [command.path] : [])),
  };
}

function findOrThrow(alerts: AlertBook, id: string): ScenarioAlert {
  const alert = alerts.find(id);
  if (alert === undefined) throw new Error(`The simulated tenant has no alert ${id}.`);
  return alert;
}
