import type { AlertEntity } from './alert-entity.ts';
import type { Clock } from './clock.ts';
import type { ScenarioAlert } from './scenario.ts';
import type { Switches } from './switches.ts';

/** The tenant's alerts as they are now; what is found may be changed in place. */
export type AlertBook = {
  find(id: string): ScenarioAlert | undefined;
  /** Oldest first, as they were added. */
  list(): ScenarioAlert[];
  add(alert: ScenarioAlert): void;
};

/** Keeps alerts: one appears and changes at the times that it names, each change once, in the order of time. */
export function createAlertBook(switches: Switches, clock: Clock): AlertBook {
  const alerts = new Map<string, ScenarioAlert>();
  const see = (alert: ScenarioAlert | undefined): ScenarioAlert | undefined => {
    if (alert === undefined || Date.parse(alert.appearsAt ?? '') > clock.now()) return undefined;
    if (switches.alertPrefixes === 'endpoint' && !/^(da|ed)?\d/.test(alert.entity.id)) return undefined;
    applyDue(alert, clock.now());
    return alert;
  };
  return {
    find: (id) => see(alerts.get(id)),
    list: () => [...alerts.values()].filter((alert) => see(alert) !== undefined),
    add: (alert) => void alerts.set(alert.entity.id, structuredClone(alert)),
  };
}

/** Changes an alert; `lastUpdateTime` is the time of the change unless it says another. */
export function changeAlert(alert: ScenarioAlert, at: string, changes: Partial<AlertEntity>): void {
  Object.assign(alert.entity, { lastUpdateTime: at }, structuredClone(changes));
}

function applyDue(alert: ScenarioAlert, nowMs: number): void {
  const inOrder = (alert.updates ?? []).toSorted((left, right) => Date.parse(left.at) - Date.parse(right.at));
  const due = inOrder.filter(({ at }) => Date.parse(at) <= nowMs);
  for (const { at, changes } of due) changeAlert(alert, at, changes);
  alert.updates = inOrder.slice(due.length);
}
