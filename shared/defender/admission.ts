import type { EndpointName } from './permissions.ts';

/** Whether one HTTP request may leave now, or after how many ms it may be asked for again. */
export type Admission = { readonly admission: 'admitted' } | { readonly admission: 'later'; readonly afterMs: number };

/** The keeper of the tenant's call quotas, as calls see it: asked before every HTTP request that leaves, told of every 429. */
export interface Gate {
  /** Whether a request of that endpoint may leave; what it throws ends the call, and nothing is sent. */
  readonly admit: (endpoint: EndpointName, signal?: AbortSignal) => Promise<Admission>;
  /** Told how long Defender turns the endpoint's calls away; what it throws changes nothing of the call. */
  readonly onThrottled: (endpoint: EndpointName, afterMs: number) => Promise<void>;
}

/** A gate that lets every request pass. */
export const OPEN_GATE: Gate = { admit: async () => ({ admission: 'admitted' }), onThrottled: async () => undefined };
