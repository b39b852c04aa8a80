import type { Chance } from './chance.ts';
import type { Witness } from './invariants/witness.ts';
import { type Instance, openInstance, type Shared } from './open-instance.ts';
import type { Scenario } from './scenario.ts';
import type { Timeline } from './timeline.ts';
import type { Weather } from './weather.ts';
import type { Life, Wire } from './wire.ts';

/** An instance that lives. */
export interface Living extends Instance {
  readonly life: Life;
}

/** All instances: those that live, and those that come back after a crash. */
export interface Fleet {
  living(): readonly Living[];
  crash(life: Life): void;
  nameOf(life: Life): string;
  /** Runs a trigger's function on an instance; `settled` learns how it ended unless the instance ends first. */
  run(on: Living, what: string, work: () => Promise<void>, settled: (how: 'done' | 'failed' | 'struck') => void): void;
}

/** What a fleet is made of. */
export interface FleetParts {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly weather: Weather;
  readonly wire: Wire;
  readonly chance: Chance;
  readonly shared: Shared;
  readonly witnesses: readonly Witness[];
  readonly note: (who: string, what: string) => void;
  readonly touch: (turns: number) => void;
}

const LONGEST_RESTART_MS = 60_000;

/** Starts all instances of a scenario. */
export function openFleet(parts: FleetParts): Fleet {
  const { scenario, timeline, weather, wire, chance, shared, witnesses, note, touch } = parts;
  const living = new Map<number, Living>();
  const onEnd = new Map<Life, Set<() => void>>();
  const nameOf = ({ instance, number }: Life) => `#${instance}.${number}`;

  function boot(instance: number, number: number): void {
    const life: Life = { instance, number, isOver: false, frozenUntilMs: 0 };
    const opened = openInstance({
      shared,
      wire,
      life,
      chance,
      settings: scenario.settings,
      now: () => new Date(timeline.now() + weather.clockOff(instance)),
      serviceNow: () => new Date(timeline.now()),
      badDownloads: weather.badDownloads,
      hears: {
        starts: (comment) => {
          for (const witness of witnesses) witness.starts?.(comment);
        },
        throttled: (quota, afterMs) => {
          for (const witness of witnesses) witness.throttled?.({ by: nameOf(life), quota, afterMs });
        },
        stale: (quota) => {
          for (const witness of witnesses) witness.stale?.(quota);
        },
      },
      log: (line) => {
        for (const witness of witnesses) witness.log?.(line);
      },
    });
    onEnd.set(life, new Set());
    living.set(instance, { ...opened, life });
  }

  for (const index of scenario.instances.keys()) boot(index, 1);
  return {
    living: () => [...living.values()],
    nameOf,
    crash(life) {
      if (life.isOver) return;
      life.isOver = true;
      living.delete(life.instance);
      note(nameOf(life), 'crashed');
      for (const tell of onEnd.get(life) ?? []) tell();
      onEnd.delete(life);
      timeline.after(1_000 + chance.next() * LONGEST_RESTART_MS, () => boot(life.instance, life.number + 1));
    },
    run(on, what, work, settled) {
      const { life } = on;
      note(nameOf(life), `--- ${what}`);
      const struck = () => settled('struck');
      onEnd.get(life)?.add(struck);
      const end = (how: 'done' | 'failed') => {
        onEnd.get(life)?.delete(struck);
        note(nameOf(life), `--- ${what}: ${how}`);
        settled(how);
      };
      work().then(
        () => end('done'),
        (fault: unknown) => {
          for (const witness of witnesses) witness.threw?.(fault);
          end('failed');
        },
      );
      touch(0);
    },
  };
}
