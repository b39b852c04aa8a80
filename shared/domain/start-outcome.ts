import type { MachineAction } from './machine-action.ts';

/**
 * What became of a call that starts a live response: `unreachable` was never sent, `unknown` may have been started,
 * `refused` stays refused, `not allowed` waits for a person, `busy` for the machine, `throttled` for the quota.
 */
export type StartOutcome =
  | { readonly outcome: 'started'; readonly action: MachineAction }
  | { readonly outcome: 'throttled'; readonly afterMs: number; readonly reason: string }
  | { readonly outcome: 'busy' | 'refused' | 'not allowed' | 'unreachable' | 'unknown'; readonly reason: string };
