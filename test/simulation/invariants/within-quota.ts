import { isOpen } from '../defender/played-action.ts';
import type { Scene, Witness } from './witness.ts';

const PER_MINUTE = 100;
const PER_HOUR = 1_500;

/** I2: never more starts in any 60 s, sessions at a time, or calls of any other API than the quota has; one live response a machine. */
export function watchQuota(scene: Scene): Witness {
  const starts: number[] = [];
  const calls = new Map<string, number[]>();
  const excused = new Map<string, number>();
  const { startsPerMinute, sessions } = scene.scenario.settings;
  return {
    stale(quota) {
      excused.set(quota, (excused.get(quota) ?? 0) + 1);
    },
    defender(fact) {
      const now = scene.sinceStart();
      switch (fact.fact) {
        case 'start': {
          starts.push(now);
          const inMinute = countSince(starts, now - 60_000);
          if (inMinute > startsPerMinute)
            scene.fail('I2', `${inMinute} live responses were started within 60 s; the quota is ${startsPerMinute}.`);
          if (fact.accepted === null) return;
          const open = [...scene.defender.actions.values()].filter(
            (action) => action.from === 'the collector' && isOpen(action),
          );
          if (open.length > sessions)
            scene.fail('I2', `${open.length} live responses are under way; the limit is ${sessions}.`);
          const { machineId } = fact.request;
          if (open.filter((action) => action.machineId === machineId).length > 1)
            scene.fail('I2', `Two live responses of ours are under way on machine ${machineId}.`);
          return;
        }
        case 'call': {
          const stale = excused.get(fact.quota) ?? 0;
          if (stale > 0) {
            excused.set(fact.quota, stale - 1);
            return;
          }
          const known = calls.get(fact.quota) ?? [];
          calls.set(fact.quota, known);
          known.push(now);
          if (countSince(known, now - 60_000) > PER_MINUTE)
            scene.fail('I2', `The quota '${fact.quota}' was called more than ${PER_MINUTE} times within 60 s.`);
          if (countSince(known, now - 3_600_000) > PER_HOUR)
            scene.fail('I2', `The quota '${fact.quota}' was called more than ${PER_HOUR} times within an hour.`);
          return;
        }
        case 'cancel':
          return;
        default: {
          const unknown: never = fact;
          throw new Error(`Unknown fact ${JSON.stringify(unknown)}.`);
        }
      }
    },
  };
}

/** How many of the times, which ascend, are later than that. */
function countSince(times: readonly number[], fromMs: number): number {
  let count = 0;
  for (let index = times.length - 1; index >= 0; index -= 1) {
    if ((times[index] ?? 0) <= fromMs) break;
    count += 1;
  }
  return count;
}
