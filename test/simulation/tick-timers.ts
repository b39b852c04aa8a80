import { pollMachineActions } from '../../shared/pipeline/poll-machine-actions.ts';
import type { Chance } from './chance.ts';
import type { Fleet } from './fleet.ts';
import type { Scenario } from './scenario.ts';
import type { Timeline } from './timeline.ts';
import type { Weather } from './weather.ts';
import type { Life } from './wire.ts';

/** What timers work with. */
export interface TimerParts {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly sinceStart: () => number;
  readonly fleet: Fleet;
  readonly weather: Weather;
  readonly chance: Chance;
}

/** Most happens in the first minutes; later mere time is waited for, and the timer comes once a minute. */
const EVENTFUL_MS = 10 * 60_000;
const QUIET_TICK_MS = 60_000;

/** The platform's timer: at each tick one instance, or several at once, unless it is silent. */
export function tickTimers({ scenario, timeline, sinceStart, fleet, weather, chance }: TimerParts): void {
  const { tickMs, timersAtOnce } = scenario.settings;
  const polling = new Set<Life>();

  function tick(): void {
    timeline.after(sinceStart() < EVENTFUL_MS ? tickMs : Math.max(tickMs, QUIET_TICK_MS), tick);
    if (weather.isTimerSilent()) return;
    const atOnce = chance.between(1, timersAtOnce);
    const free = fleet.living().filter(({ life }) => !polling.has(life));
    for (let count = 0; count < atOnce && free.length > 0; count += 1) {
      const [on] = free.splice(chance.between(0, free.length - 1), 1);
      if (on === undefined) return;
      polling.add(on.life);
      fleet.run(
        on,
        'poll',
        async () => {
          await pollMachineActions(on.ports);
        },
        () => polling.delete(on.life),
      );
    }
  }

  timeline.after(tickMs * chance.next(), tick);
}
