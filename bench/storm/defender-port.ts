import { createHash } from 'node:crypto';
import type { Alert } from '../../shared/domain/alert.ts';
import { hideLink } from '../../shared/domain/result-link.ts';
import { DefenderError } from '../../shared/defender/errors.ts';
import type { EndpointName } from '../../shared/defender/permissions.ts';
import type { DefenderPort } from '../../shared/pipeline/ports.ts';
import { alert as sampleAlert, machine as sampleMachine } from '../../test/memory/samples.ts';
import { SCRIPT_SHA256 } from '../../test/memory/world.ts';
import type { CallGate } from './call-gate.ts';
import { describeAt, type ModelledAction, statusAt } from './modelled-action.ts';
import type { ModelledDefender } from './modelled-defender.ts';
import type { Storm, StormAlert } from './storm.ts';
import type { VirtualTime } from './virtual-time.ts';

/** From our call until it arrives at Defender, and as long again until its answer arrives here. */
const ONE_WAY_MS = 200;
/** A cancel takes effect a little after its answer. */
const CANCEL_MS = 10_000;

/** What the pipeline's port is made on. */
export interface PortParts {
  readonly storm: Storm;
  readonly time: VirtualTime;
  readonly defender: ModelledDefender;
  readonly gate: CallGate;
}

/** The pipeline's port on a modelled Defender; calls take time, and each but a start asks the gate first. */
export function openDefenderPort({ storm, time, defender, gate }: PortParts): DefenderPort {
  const alerts = new Map(storm.alerts.map((alert) => [alert.id, alert]));
  const describe = (action: ModelledAction) => describeAt(action, time.nowMs(), time.now());

  async function call<T>(endpoint: EndpointName, read: () => T): Promise<T> {
    const heldForMs = gate(endpoint);
    if (heldForMs > 0) throw refuse(endpoint, null, 'QuotaUsedUp', heldForMs);
    await time.wait(ONE_WAY_MS);
    const reply = defender.ask(endpoint, read);
    await time.wait(ONE_WAY_MS);
    if (reply.reply === 'throttled') throw refuse(endpoint, 429, '429', reply.afterMs);
    return reply.answer;
  }

  return {
    getAlert: (alertId) => call('get alert', () => found('alert', alerts.get(alertId), describeAlert)),
    getAlertFiles: () => call('get alert files', () => ({ outcome: 'found', files: [], raw: '{"value":[]}' })),
    getMachine: (machineId) =>
      call('get machine', () =>
        found('machine', storm.machines.get(machineId), ({ id }) => ({ ...sampleMachine, id, name: `m${Number(id)}` })),
      ),
    findMachinesByName: () => call('find machines', () => []),
    startLiveResponse: async (request) => {
      await time.wait(ONE_WAY_MS);
      const reply = defender.start(request);
      await time.wait(ONE_WAY_MS);
      if (reply.reply === 'throttled')
        return { outcome: 'throttled', afterMs: reply.afterMs, reason: 'Defender takes no more calls for a while.' };
      if (reply.answer.started === 'busy')
        return { outcome: 'busy', reason: 'The machine has a live response already.' };
      return { outcome: 'started', action: describe(reply.answer.action) };
    },
    listActions: ({ ids, machineId, createdFrom }) =>
      call('list machine actions', () =>
        defender.actions
          .filter((action) => ids?.includes(action.id) ?? true)
          .filter((action) => machineId === undefined || action.request.machineId === machineId)
          .map(describe)
          .filter((action) => createdFrom === undefined || (action.createdAt ?? '') >= createdFrom),
      ),
    getAction: (actionId) =>
      call('get machine action', () => {
        const action = defender.find(actionId);
        return action === null ? { outcome: 'not found' } : { outcome: 'found', action: describe(action) };
      }),
    cancelAction: (actionId) =>
      call('cancel machine action', () => {
        const action = defender.find(actionId);
        if (action === null) return { outcome: 'not found' };
        action.cancelledAtMs = Math.min(action.cancelledAtMs, time.nowMs() + CANCEL_MS);
        return { outcome: 'asked' };
      }),
    getResultLink: (actionId, index) =>
      call('get result link', () => {
        const action = defender.find(actionId);
        if (action === null || statusAt(action, time.nowMs()) !== 'Succeeded')
          return { outcome: 'no result', reason: 'Defender has no result for this command.' };
        return { outcome: 'link', link: hideLink(`https://results.example.com/${actionId}/${index}?sig=SECRET`) };
      }),
    listLibrary: () =>
      call('list library files', () => [
        { fileName: 'evidence-triage.sh', sha256: SCRIPT_SHA256, createdBy: 'collector', lastUpdatedAt: null },
      ]),
    uploadToLibrary: () => call('upload library file', () => ({ outcome: 'exists' })),
  };
}

function found<K extends string, S, T>(kind: K, source: S | undefined, describe: (source: S) => T) {
  if (source === undefined) return { outcome: 'not found' as const };
  const entity = describe(source);
  const named = { [kind]: entity } as { readonly [P in K]: T };
  return { outcome: 'found' as const, raw: JSON.stringify(entity), ...named };
}

function describeAlert({ id, machineId, severity, paths }: StormAlert): Alert {
  const files = paths.map((path) => ({
    path,
    sha1: null,
    sha256: createHash('sha256').update(path).digest('hex'),
    md5: null,
    sizeBytes: null,
  }));
  return { ...sampleAlert, id, machineId, severity, files };
}

function refuse(endpoint: EndpointName, status: 429 | null, code: string, afterMs: number): DefenderError {
  const message = `'${endpoint}' is not to be called for ${Math.ceil(afterMs / 1000)} s.`;
  return new DefenderError({ endpoint, status, code, target: null, message, retryAfterMs: afterMs, effect: 'none' });
}
