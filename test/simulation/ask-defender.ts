import { describeQuota } from '../../shared/defender/describe-failure.ts';
import { DefenderError } from '../../shared/defender/errors.ts';
import type { EndpointName } from '../../shared/defender/permissions.ts';
import { QUOTA_OF, type QuotaName } from '../../shared/defender/quotas.ts';
import type { StartOutcome } from '../../shared/domain/start-outcome.ts';
import type { DefenderPort } from '../../shared/pipeline/ports.ts';
import type { CallQuotasTable } from '../../shared/state/call-quotas.ts';
import { foreignFault, loseCall } from './defender/played-faults.ts';
import type { PlayedDefender } from './defender/play-defender.ts';
import type { StrikeKind } from './scenario.ts';
import type { Life, Wire } from './wire.ts';

/** What an instance calls Defender with. */
export interface Caller {
  readonly wire: Wire;
  readonly life: Life;
  /** Asked before every call but a start, as the product's client does. */
  readonly quotas: CallQuotasTable;
  readonly hears: Hearer;
  /** Time that no clock falsifies, in ms. */
  readonly elapsed: () => number;
}

/** Who learns of what an instance sends and is told; `quota` is the one that a 429 speaks of. */
export interface Hearer {
  starts(comment: string): void;
  throttled(quota: QuotaName, afterMs: number): void;
  /** A call is made though its instance stood still since it was granted. */
  stale(quota: QuotaName): void;
}

/** By the product's reckoning a call leaves at most so long after it was granted. */
const STALE_MS = 5_000;

const READ: readonly StrikeKind[] = ['crash before', 'lost answer', 'refused', 'freeze'];
const ACT: readonly StrikeKind[] = ['crash before', 'crash after', 'lost answer', 'late effect', 'refused', 'freeze'];

/** Defender's API as an instance calls it: each call goes over the wire, and before it the tenant's quota is asked. */
export function askDefender({ wire, life, quotas, hears, elapsed }: Caller, played: PlayedDefender): DefenderPort {
  async function ask<T>(endpoint: EndpointName, strikes: readonly StrikeKind[], detail: string, effect: () => T) {
    const quota = QUOTA_OF[endpoint];
    const askedMs = elapsed();
    const grant = await quotas.grantCall(quota);
    if (grant.grant === 'later') throw describeQuota(endpoint, grant.afterMs);
    if (elapsed() - askedMs > STALE_MS) hears.stale(quota);
    try {
      return await wire.pass<T>(life, {
        service: 'defender',
        name: endpoint,
        detail,
        longestMs: 1_500,
        strikes,
        effect,
        ifLost: () => {
          throw loseCall('NoAnswer');
        },
        ifRefused: () => {
          throw endpoint === 'list library files' ? foreignFault() : loseCall('Unreachable');
        },
      });
    } catch (fault) {
      if (fault instanceof DefenderError && fault.status === 429) await tellOfThrottle(quota, fault.retryAfterMs ?? 0);
      throw fault;
    }
  }

  /** The answer stands whatever becomes of telling. */
  async function tellOfThrottle(quota: QuotaName, afterMs: number): Promise<void> {
    hears.throttled(quota, afterMs);
    await quotas.block(quota, afterMs).catch(() => undefined);
  }

  return {
    getAlert: (alertId) => ask('get alert', READ, alertId, () => played.alert(alertId)),
    getAlertFiles: (alertId) => ask('get alert files', READ, alertId, () => played.files(alertId)),
    getMachine: (machineId) => ask('get machine', READ, machineId.slice(0, 6), () => played.machine(machineId)),
    findMachinesByName: (name) => ask('find machines', READ, name, () => []),
    async startLiveResponse(request) {
      hears.starts(request.comment);
      const answer = await wire.pass<StartOutcome>(life, {
        service: 'defender',
        name: 'run live response',
        detail: `${request.machineId.slice(0, 6)} ${request.comment}`,
        longestMs: 20_000,
        strikes: ACT,
        effect: () => played.start(request),
        ifLost: (): StartOutcome => ({ outcome: 'unknown', reason: 'Defender did not answer.' }),
        ifRefused: (): StartOutcome => ({ outcome: 'unreachable', reason: 'Defender could not be reached.' }),
      });
      if (answer.outcome === 'throttled') hears.throttled('live response', answer.afterMs);
      return answer;
    },
    listActions: (filter) =>
      ask('list machine actions', READ, (filter.machineId ?? '').slice(0, 6), () => played.list(filter)),
    getAction: (actionId) =>
      ask('get machine action', READ, actionId.slice(-3), () => {
        const action = played.get(actionId);
        return action === null ? { outcome: 'not found' } : { outcome: 'found', action };
      }),
    cancelAction: (actionId) =>
      ask('cancel machine action', ACT, actionId.slice(-3), () => ({ outcome: played.cancel(actionId) })),
    getResultLink: (actionId, index) =>
      ask('get result link', READ, `${actionId.slice(-3)} ${index}`, () => played.link(actionId, index)),
    listLibrary: () => ask('list library files', READ, '', () => played.library()),
    uploadToLibrary: (file) =>
      ask('upload library file', ACT, file.fileName, () => ({ outcome: played.upload(file.fileName, file.content) })),
  };
}
