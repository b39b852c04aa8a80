import type { Admission } from './defender/admission.ts';
import type { EndpointName } from './defender/permissions.ts';
import { QUOTA_OF, type QuotaName } from './defender/quotas.ts';
import type { QuotaReadings } from './doors/quota-answer.ts';
import type { CallLimits } from './domain/call-quota.ts';
import type { StartLimits } from './domain/start-quota.ts';
import type { Ports } from './pipeline/ports.ts';
import { createCallQuotas } from './state/call-quotas.ts';
import type { GovernorTable } from './state/governor.ts';
import type { SharedRowParts } from './state/shared-row.ts';

/** The quotas of all calls to Defender, as its client, the pipeline and the API ask for them. */
export interface GovernedCalls {
  /** Whether a call may leave now; a start was granted by the governor before. */
  readonly admit: (endpoint: EndpointName) => Promise<Admission>;
  /** Holds an endpoint's quota back, as Defender asked for. */
  readonly holdBack: (endpoint: EndpointName, afterMs: number) => Promise<void>;
  readonly lookUpRoom: Ports['lookUpRoom'];
  /** How every quota stands, by the service's clock. */
  readonly read: () => Promise<QuotaReadings>;
}

const LIVE_RESPONSE: QuotaName = 'live response';
const LOOK_UP_QUOTAS: readonly QuotaName[] = [
  QUOTA_OF['get alert'],
  QUOTA_OF['get machine'],
  QUOTA_OF['get alert files'],
];
/** Of each hour's look-ups, the part that any alert may use; the rest is kept for critical ones. */
const SHARE_FOR_ANY = 0.8;

/** Keeps the quotas in the shared rows; live responses are the governor's. */
export function governCalls(
  parts: SharedRowParts,
  governor: Pick<GovernorTable, 'read'>,
  limits: { readonly starts: StartLimits; readonly calls: CallLimits },
): GovernedCalls {
  const quotas = createCallQuotas(parts, limits.calls);
  return {
    async admit(endpoint) {
      if (QUOTA_OF[endpoint] === LIVE_RESPONSE) return { admission: 'admitted' };
      const grant = await quotas.grantCall(QUOTA_OF[endpoint]);
      return grant.grant === 'granted' ? { admission: 'admitted' } : { admission: 'later', afterMs: grant.afterMs };
    },
    async holdBack(endpoint, afterMs) {
      // A start that Defender turned away is told to the governor with the start itself.
      if (QUOTA_OF[endpoint] !== LIVE_RESPONSE) await quotas.block(QUOTA_OF[endpoint], afterMs);
    },
    async lookUpRoom() {
      const rooms = await Promise.all(LOOK_UP_QUOTAS.map((name) => quotas.read(name)));
      const isScarce = rooms.some(({ room }) => room.usedInHour >= limits.calls.perHour * SHARE_FOR_ANY);
      return isScarce ? 'for critical ones' : 'for any';
    },
    async read() {
      const names = [...new Set(Object.values(QUOTA_OF))].filter((name) => name !== LIVE_RESPONSE).sort();
      const [starts, ...calls] = await Promise.all([
        governor.read(),
        ...names.map(async (name) => ({ name, limits: limits.calls, ...(await quotas.read(name)) })),
      ]);
      return { at: starts.at, starts: { ...starts, limits: limits.starts }, calls };
    },
  };
}
