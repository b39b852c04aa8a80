import type { Clock } from '../clock.ts';
import { readRetryAfter } from './retry-after.ts';
import type { Endpoint } from './route.ts';

/**
 * One request that arrived: `at` in ISO 8601 by the simulator's clock, `answeredAt` when its answer was given, `status`
 * as decided (null until then, or if none was), `query` without secrets and never that of a result link, `range` the
 * Range header, `appId` the caller by its token, `machineId` the machine that it is about, `retryAfterSeconds` the wait
 * that the answer's Retry-After told, `answer` what the caller got of it (for a result `lost` until the last byte is
 * out). Null where there is none. Holds no token and no signature.
 */
export type Call = {
  at: string;
  answeredAt: string | null;
  origin: 'api' | 'links';
  endpoint: Endpoint | 'result' | 'package' | null;
  method: string;
  path: string;
  query: string;
  range: string | null;
  appId: string | null;
  machineId: string | null;
  status: number | null;
  retryAfterSeconds: number | null;
  answer: 'pending' | 'sent' | 'lost' | 'truncated';
};

type Arrival = Pick<Call, 'origin' | 'endpoint' | 'method' | 'path' | 'query' | 'range' | 'machineId'>;

/** The calls in the order of their arrival; `decide` notes an answer's status and wait. */
export type CallLog = {
  open(arrival: Arrival): Call;
  decide(call: Call, status: number, headers: Readonly<Record<string, string>>): void;
  list(): readonly Call[];
};

/** Keeps the calls in memory; `open` gives the entry for its receiver to complete. */
export function createCallLog(clock: Clock): CallLog {
  const calls: Call[] = [];
  const time = (): string => new Date(clock.now()).toISOString();
  return {
    open: (arrival) => {
      const call: Call = {
        ...arrival,
        at: time(),
        answeredAt: null,
        query: hideSecrets(arrival.query),
        appId: null,
        status: null,
        retryAfterSeconds: null,
        answer: 'pending',
      };
      calls.push(call);
      return call;
    },
    decide: (call, status, headers) => {
      call.status = status;
      call.answeredAt = time();
      call.retryAfterSeconds = readRetryAfter(headers, clock.now());
    },
    list: () => structuredClone(calls),
  };
}

/** Leaves of a query what the API knows, `$filter` and the like; a value of any other name might be a secret. */
function hideSecrets(query: string): string {
  return query
    .split('&')
    .map((part) => (/^(\$|%24)\w+=/i.test(part) ? part : part.replace(/^(\w*=)?.+$/s, '$1…')))
    .join('&');
}
