import type { Clock } from './clock.ts';
import type { MachineActionEntity, StoredAction } from './machine-action.ts';
import type { Timings } from './scenario.ts';
import type { Switches } from './switches.ts';

/** What a read of an action sees; undefined if the replica that it meets does not know the action yet. Each call is a read. */
export type SeeAction = (action: StoredAction) => MachineActionEntity | undefined;

/**
 * Makes the view of the API on its actions: each is unknown for the visibility lag; by a switch, every other read of a
 * fresh action sees it already, or every other read is of a replica that lags behind.
 */
export function createActionReader(parts: { clock: Clock; timings: Timings; switches: Switches }): SeeAction {
  const { clock, timings, switches } = parts;
  return (action) => {
    const isOther = action.reads % 2 === 1;
    action.reads += 1;
    const ageMs = clock.now() - action.createdAtMs;
    const isVisible = ageMs >= timings.visibilityLagMs;
    switch (switches.replicas) {
      case 'agree':
        return isVisible ? action.entity : undefined;
      case 'alternate':
        return isVisible || isOther ? action.entity : undefined;
      case 'lag':
        if (!isOther) return isVisible ? action.entity : undefined;
        return ageMs >= timings.visibilityLagMs + timings.replicaLagMs
          ? viewAt(action, clock.now() - timings.replicaLagMs)
          : undefined;
      default:
        return switches.replicas satisfies never;
    }
  };
}

function viewAt(action: StoredAction, atMs: number): MachineActionEntity | undefined {
  return action.views.findLast((view) => view.sinceMs <= atMs)?.entity;
}
