import { receiveAlerts } from '../../shared/pipeline/receive-alerts.ts';
import type { Chance } from './chance.ts';
import type { Fleet } from './fleet.ts';
import type { Witness } from './invariants/witness.ts';
import type { AlertPlan, Scenario } from './scenario.ts';
import type { Timeline } from './timeline.ts';

/** Whoever sends alerts: each sending is repeated until it was acknowledged. */
export interface Senders {
  areDone(): boolean;
}

/** What senders work with. */
export interface SenderParts {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly fleet: Fleet;
  readonly witnesses: readonly Witness[];
  readonly chance: Chance;
}

/** After the first refusal an alert is sent again within that time, and later more patiently, as senders do. */
const AGAIN_MS = 20_000;
const MOST_PATIENT_MS = 5 * 60_000;

/** Sends the alerts of a scenario to whichever instance takes them. */
export function sendAlerts({ scenario, timeline, fleet, witnesses, chance }: SenderParts): Senders {
  let waiting = 0;

  function send(plan: AlertPlan, names: AlertPlan['arrivals'][number]['names'], tries: number): void {
    const withinMs = Math.min(AGAIN_MS * 2 ** tries, MOST_PATIENT_MS);
    const again = () => timeline.after(1_000 + chance.next() * withinMs, () => send(plan, names, tries + 1));
    const living = fleet.living();
    if (living.length === 0) {
      again();
      return;
    }
    const on = chance.pick(living);
    const machineId = names === 'alert and machine' ? (scenario.machines[plan.machine]?.id ?? null) : null;
    const reference = { alertId: plan.id, machineId, severity: plan.severity };
    fleet.run(
      on,
      `alert ${plan.id}${machineId === null ? ' without its machine' : ''}`,
      async () => {
        const { collections } = await receiveAlerts(on.ports, on.ledger, [reference], 'a simulation');
        for (const witness of witnesses) witness.acknowledged?.(collections.map(({ id }) => id));
      },
      (how) => {
        if (how === 'done') waiting -= 1;
        else again();
      },
    );
  }

  for (const plan of scenario.alerts) {
    for (const { atMs, names } of plan.arrivals) {
      waiting += 1;
      timeline.after(atMs, () => send(plan, names, 0));
    }
  }
  return { areDone: () => waiting === 0 };
}
