import type { Clock } from '../clock.ts';
import type { Endpoint } from './route.ts';

/**
 * One request that arrived: `at` in ISO 8601 by the simulator's clock, `status` as decided (null until then, or if
 * none was), `query` never that of a result link, `range` the Range header, `answer` what the caller got of it (for a
 * result `lost` until the last byte is out). Holds no token and no signature.
 */
export type Call = {
  at: string;
  origin: 'api' | 'links';
  endpoint: Endpoint | 'result' | null;
  method: string;
  path: string;
  query: string;
  range: string | null;
  status: number | null;
  answer: 'pending' | 'sent' | 'lost' | 'truncated';
};

/** The calls in the order of their arrival. */
export type CallLog = { open(call: Omit<Call, 'at' | 'status' | 'answer'>): Call; list(): readonly Call[] };

/** Keeps the calls in memory; `open` gives the entry for its receiver to complete. */
export function createCallLog(clock: Clock): CallLog {
  const calls: Call[] = [];
  return {
    open: (call) => {
      const entry: Call = { ...call, at: new Date(clock.now()).toISOString(), status: null, answer: 'pending' };
      calls.push(entry);
      return entry;
    },
    list: () => structuredClone(calls),
  };
}
