import type { Endpoint } from './route.ts';

/**
 * A fault of the API, for the first `times` calls of an endpoint: `status` and `html` answer in the place of the
 * endpoint, which does nothing; `answer lost` and `truncated JSON` let it act, and spoil only a successful answer.
 */
export type Fault =
  | { on: Endpoint; do: 'status'; status: number; body?: unknown; headers?: Record<string, string>; times: number }
  | { on: Endpoint; do: 'html'; status: number; times: number }
  | { on: Endpoint; do: 'answer lost'; times: number }
  | { on: Endpoint; do: 'truncated JSON'; times: number };

/** Takes the next unspent fault of an endpoint that comes before it acts, or after. */
export type TakeFault = (endpoint: Endpoint, when: 'before' | 'after') => Fault | undefined;

/** Counts the faults of a list that is read anew at each call, so that a test may append to it. */
export function createFaults(faults: readonly Fault[]): TakeFault {
  const taken = new Map<Fault, number>();
  return (endpoint, when) => {
    const fault = faults.find(
      (each) => each.on === endpoint && timeOf(each) === when && (taken.get(each) ?? 0) < each.times,
    );
    if (fault !== undefined) taken.set(fault, (taken.get(fault) ?? 0) + 1);
    return fault;
  };
}

function timeOf(fault: Fault): 'before' | 'after' {
  switch (fault.do) {
    case 'status':
    case 'html':
      return 'before';
    case 'answer lost':
    case 'truncated JSON':
      return 'after';
    default:
      return fault satisfies never;
  }
}
