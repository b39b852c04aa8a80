import { explainFault } from '../../shared/explain-fault.ts';
import type { Ports } from '../../shared/pipeline/ports.ts';
import { watchQuiet } from '../../shared/pipeline/watch-quiet.ts';
import { rememberQuota, rememberTurn } from '../../test/memory/memory-state.ts';
import { openGate } from './call-gate.ts';
import { copyByTicket } from './copy-by-ticket.ts';
import { openDefenderPort } from './defender-port.ts';
import type { ModelledDefender } from './modelled-defender.ts';
import type { Storm } from './storm.ts';
import type { VirtualTime } from './virtual-time.ts';

/** One operation of Table or Blob Storage. */
const STORAGE_MS = 10;
/** One result, streamed and hashed. */
const COPY_MS = 4_000;
/** The limits as shipped. */
const START_LIMITS = { startsPerMinute: 10, sessions: 20 };
const CALL_LIMITS = { perMinute: 100, perHour: 1_500 };

/** What the pipeline's ports are made on; `memory` are ports whose state is in memory, `log` gets every line. */
export interface StormParts {
  readonly memory: Ports;
  readonly storm: Storm;
  readonly time: VirtualTime;
  readonly defender: ModelledDefender;
  readonly log: Ports['log'];
}

/** The pipeline's ports on a modelled Defender, with a clock of their own and storage that takes time. */
export function openStormPorts({ memory, storm, time, defender, log }: StormParts): Ports {
  const { now, wait } = time;
  const slow = <T extends object>(port: T): T => slowDown(port, () => wait(STORAGE_MS));
  const collections = slow(memory.collections);
  const ports: Ports = {
    ...memory,
    now,
    wait,
    log,
    explain: explainFault,
    defender: openDefenderPort({ storm, time, defender, gate: openGate(CALL_LIMITS, now) }),
    collections,
    quiet: watchQuiet(collections, now),
    lanes: slow(memory.lanes),
    control: slow(memory.control),
    governor: slow(rememberQuota(START_LIMITS, now)),
    listing: slow(rememberTurn(now)),
    watching: slow(rememberTurn(now)),
    sweeping: slow(rememberTurn(now)),
    evidence: {
      ...slow(memory.evidence),
      copyResult: async (...request) => {
        await wait(COPY_MS);
        return memory.evidence.copyResult(...request);
      },
    },
  };
  return { ...ports, tickets: copyByTicket(ports, time) };
}

/** The same port, each call of which waits before it is made. */
function slowDown<T extends object>(port: T, wait: () => Promise<void>): T {
  return new Proxy(port, {
    get: (target, name) => {
      const method: unknown = Reflect.get(target, name);
      if (typeof method !== 'function') return method;
      return async (...given: unknown[]): Promise<unknown> => {
        await wait();
        return Reflect.apply(method, target, given);
      };
    },
  });
}
