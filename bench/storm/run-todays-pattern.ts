import type { EndpointName } from '../../shared/defender/permissions.ts';
import { endOf, type ModelledAction, statusAt } from './modelled-action.ts';
import { openDefender, type Reply } from './modelled-defender.ts';
import { type Outcome, placeOf, type Served } from './outcome.ts';
import type { Storm, StormAlert } from './storm.ts';
import { startVirtualTime, type VirtualTime } from './virtual-time.ts';

/** How a tool without a shared limit works: this many workers, how often each looks at its own action, and how long it sleeps after a 429 or a busy machine. */
export interface Pattern {
  readonly workers: number;
  readonly lookEveryMs: number;
  readonly sleepMs: number;
}

/** A common pattern of today's scripts and playbooks. */
const TODAY: Pattern = { workers: 10, lookEveryMs: 5_000, sleepMs: 30_000 };

const ONE_WAY_MS = 200;
const COPY_MS = 4_000;
const COMMANDS = [
  { type: 'RunScript', scriptName: 'evidence-triage.sh', args: '' },
  { type: 'GetFile', path: '/var/tmp/evidence.tar.gz', madeBy: 0 },
] as const;

/**
 * Works a storm through with the pattern of today's tools: each worker takes the next alert in the order of arrival,
 * starts a live response on its machine, looks at its action until that has ended, and fetches both results. A 429 or
 * a busy machine is tried again after a fixed sleep. No severity, no merging; an action that Defender gives up is left.
 */
export async function runTodaysPattern(storm: Storm, pattern: Pattern = TODAY): Promise<Outcome> {
  const time = startVirtualTime();
  const defender = openDefender(storm, time.nowMs);
  const started = new Map<string, ModelledAction>();
  const waiting: StormAlert[] = [];
  let unfinished = storm.alerts.length;

  const insist = async <T>(send: () => Reply<T>): Promise<T> => {
    for (;;) {
      await time.wait(ONE_WAY_MS);
      const reply = send();
      await time.wait(ONE_WAY_MS);
      if (reply.reply === 'answer') return reply.answer;
      await time.wait(pattern.sleepMs);
    }
  };
  const ask = <T>(endpoint: EndpointName, read: () => T) => insist(() => defender.ask(endpoint, read));
  const startOn = async ({ id, machineId }: StormAlert): Promise<ModelledAction> => {
    for (;;) {
      const answer = await insist(() => defender.start({ machineId, comment: id, commands: COMMANDS }));
      if (answer.started === 'yes') return answer.action;
      await time.wait(pattern.sleepMs);
    }
  };
  const collect = async (alert: StormAlert): Promise<void> => {
    const action = await startOn(alert);
    started.set(alert.id, action);
    for (;;) {
      await time.wait(pattern.lookEveryMs);
      const status = await ask('get machine action', () => statusAt(action, time.nowMs()));
      if (status === 'TimeOut') return;
      if (status === 'Succeeded') break;
    }
    for (const index of COMMANDS.keys()) {
      await ask('get result link', () => index);
      await time.wait(COPY_MS);
    }
  };
  receive(storm, time, waiting);
  for (let worker = 0; worker < pattern.workers; worker += 1) {
    time.begin(async () => {
      while (unfinished > 0) {
        const alert = waiting.shift();
        if (alert === undefined) await time.wait(1_000);
        else {
          await collect(alert);
          unfinished -= 1;
        }
      }
    });
  }
  await time.run(() => (unfinished === 0 ? 'over' : 'goes on'));
  const served = storm.alerts.map((alert): Served => {
    const action = started.get(alert.id);
    const isServed = action !== undefined && endOf(action).status === 'Succeeded';
    return { alert, atMs: isServed ? action.takenUpAtMs : null };
  });
  return { name: "today's pattern", served, places: defender.actions.map(placeOf), calls: defender.calls };
}

function receive(storm: Storm, time: VirtualTime, waiting: StormAlert[]): void {
  for (const alert of storm.alerts) {
    time.begin(async () => {
      await time.wait(alert.arrivesAtMs);
      waiting.push(alert);
    });
  }
}
