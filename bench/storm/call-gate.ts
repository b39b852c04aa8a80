import { type CallLimits, type CallQuota, grantCalls, UNUSED_CALLS } from '../../shared/domain/call-quota.ts';
import type { EndpointName } from '../../shared/defender/permissions.ts';
import { QUOTA_OF, type QuotaName } from '../../shared/defender/quotas.ts';

/** Asked before each call but those that start live responses; answers 0, or in how many ms a call may be made. */
export type CallGate = (endpoint: EndpointName) => number;

/** The product's own keeper of the other APIs' quotas, its rows held in memory. */
export function openGate(limits: CallLimits, now: () => Date): CallGate {
  const quotas = new Map<QuotaName, CallQuota>();
  return (endpoint) => {
    const name = QUOTA_OF[endpoint];
    const { granted, afterMs, quota } = grantCalls(quotas.get(name) ?? UNUSED_CALLS, 1, limits, now().toISOString());
    quotas.set(name, quota);
    return granted === 1 ? 0 : afterMs;
  };
}
