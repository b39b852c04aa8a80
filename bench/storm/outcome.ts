import type { EndpointName } from '../../shared/defender/permissions.ts';
import { endOf, type ModelledAction } from './modelled-action.ts';
import type { CallCount } from './modelled-defender.ts';
import type { StormAlert } from './storm.ts';

/** A place among the sessions: from its start until it was free at Defender; `takenUpAtMs` is null when the machine never took it up. */
export interface Place {
  readonly machineId: string;
  readonly fromMs: number;
  readonly takenUpAtMs: number | null;
  readonly untilMs: number;
}

/** An alert, and when a session that covers it began on its machine; null when none did. */
export interface Served {
  readonly alert: StormAlert;
  readonly atMs: number | null;
}

/** How a storm was worked through in one way. */
export interface Outcome {
  readonly name: string;
  readonly served: readonly Served[];
  readonly places: readonly Place[];
  readonly calls: ReadonlyMap<EndpointName, CallCount>;
}

/** The place that an action held. */
export function placeOf(action: ModelledAction): Place {
  const { status, atMs } = endOf(action);
  return {
    machineId: action.request.machineId,
    fromMs: action.startedAtMs,
    takenUpAtMs: status === 'Succeeded' ? action.takenUpAtMs : null,
    untilMs: atMs,
  };
}
