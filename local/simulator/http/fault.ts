import type { LinkFault } from '../results/link-fault.ts';
import type { Endpoint } from './route.ts';

/**
 * Which calls a fault takes: the first `skip` that match pass, the next `times` are spoiled. `machineId` in lower case;
 * `comment` matches where the comment of the request, or of the action that it is about, contains it; `index` is that of
 * a result.
 */
export type FaultChoice = {
  times: number;
  skip?: number;
  where?: { machineId?: string; comment?: string; index?: number };
};

/** A fault in the place of the endpoint, which does nothing; `act late` lets it act, after that time. */
export type EarlyFault = { on: Endpoint } & FaultChoice &
  (
    | { do: 'status'; status: number; body?: unknown; headers?: Record<string, string> }
    | { do: 'html'; status: number }
    | { do: 'reset' }
    | { do: 'act late'; ms: number }
  );

/** A fault after the endpoint has acted, which spoils only a successful answer. */
export type LateFault = { on: Endpoint } & FaultChoice &
  (
    | { do: 'status after the act'; status: number; body?: unknown; headers?: Record<string, string> }
    | { do: 'html after the act'; status: number }
    | { do: 'answer lost' }
    | { do: 'answer late'; ms: number }
    | { do: 'answer never' }
    | { do: 'answer cut' }
    | { do: 'truncated JSON' }
    | { do: 'empty' }
  );

/** A fault of the API, or of the origin of result links. */
export type Fault = EarlyFault | LateFault | LinkFault;

/** A call as the choice of a fault sees it. */
export type FaultCall = { machineId: string | null; comment: string | null; index: number | null };

/** Takes the next unspent fault that a test wants for a call; undefined where there is none. */
export type TakeFault = <F extends Fault>(wants: (fault: Fault) => fault is F, call: FaultCall) => F | undefined;

/** Counts the faults of a list that is read anew at each call; of those that match, the first that is not spent is taken. */
export function createFaults(faults: readonly Fault[]): TakeFault {
  const seen = new Map<Fault, number>();
  return (wants, call) => {
    for (const fault of faults) {
      if (!wants(fault) || !isChosen(fault, call)) continue;
      const before = seen.get(fault) ?? 0;
      const skip = fault.skip ?? 0;
      if (before >= skip + fault.times) continue;
      seen.set(fault, before + 1);
      if (before >= skip) return fault;
    }
    return undefined;
  };
}

/** Tells whether a fault is one of an endpoint that comes before it acts. */
export function comesBefore(endpoint: Endpoint): (fault: Fault) => fault is EarlyFault {
  return (fault): fault is EarlyFault => fault.on === endpoint && timeOf(fault) === 'before';
}

/** Tells whether a fault is one of an endpoint that comes after it has acted. */
export function comesAfter(endpoint: Endpoint): (fault: Fault) => fault is LateFault {
  return (fault): fault is LateFault => fault.on === endpoint && timeOf(fault) === 'after';
}

function isChosen({ where = {} }: FaultChoice, call: FaultCall): boolean {
  if (where.machineId !== undefined && where.machineId !== call.machineId) return false;
  if (where.index !== undefined && where.index !== call.index) return false;
  return where.comment === undefined || (call.comment ?? '').includes(where.comment);
}

function timeOf(fault: EarlyFault | LateFault): 'before' | 'after' {
  switch (fault.do) {
    case 'status':
    case 'html':
    case 'reset':
    case 'act late':
      return 'before';
    case 'status after the act':
    case 'html after the act':
    case 'answer lost':
    case 'answer late':
    case 'answer never':
    case 'answer cut':
    case 'truncated JSON':
    case 'empty':
      return 'after';
    default:
      return fault satisfies never;
  }
}
