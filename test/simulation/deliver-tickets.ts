import { takeTicket } from '../../shared/pipeline/take-ticket.ts';
import type { MemoryBlobs } from '../memory/memory-blobs.ts';
import type { Chance } from './chance.ts';
import type { Fleet } from './fleet.ts';
import type { Scenario } from './scenario.ts';
import type { Timeline } from './timeline.ts';

/** The event subscription of the tickets' container. */
export interface Tickets {
  written(name: string): void;
}

/** What a subscription works with. */
export interface TicketParts {
  readonly scenario: Scenario;
  readonly timeline: Timeline;
  readonly fleet: Fleet;
  readonly blobs: MemoryBlobs;
  readonly chance: Chance;
}

/** The platform tries a blob so often, then it is put into the poison queue. */
const MOST_TRIES = 5;
const LATEST_MS = 20_000;

/** Delivers tickets late, in any order, to any instance, and again when they failed; or not at all. */
export function deliverTickets({ scenario, timeline, fleet, blobs, chance }: TicketParts): Tickets {
  function deliver(name: string, tries: number): void {
    if (tries > MOST_TRIES) return;
    const again = (next: number) => timeline.after(chance.next() * LATEST_MS, () => deliver(name, next));
    const living = fleet.living();
    if (living.length === 0) {
      again(tries);
      return;
    }
    const blob = blobs.get(name);
    if (blob === null) return;
    const on = chance.pick(living);
    fleet.run(
      on,
      `ticket ${name.slice(0, 6)} ${name.slice(name.indexOf('/') + 1)}`,
      () => takeTicket(on.ports, name, blob.content),
      (how) => {
        if (how !== 'done') again(tries + 1);
      },
    );
  }

  return {
    written(name) {
      const { tickets } = scenario.settings;
      const times = tickets === 'delivered' ? 1 : tickets === 'delivered twice' ? 2 : 0;
      for (let time = 0; time < times; time += 1)
        timeline.after(500 + chance.next() * LATEST_MS, () => deliver(name, 1));
    },
  };
}
