import { limitConcurrency } from '../../local/host/limit-concurrency.ts';
import { nameTicket } from '../../shared/domain/ticket.ts';
import type { Ports, TicketsPort } from '../../shared/pipeline/ports.ts';
import { takeTicket } from '../../shared/pipeline/take-ticket.ts';
import type { VirtualTime } from './virtual-time.ts';

/** From the ticket's blob until its event arrives. */
const EVENT_MS = 2_000;
/** The platform runs so many tickets side by side, and tries each so often (host.json). */
const AT_ONCE = 2;
const TRIES = 5;
const TRY_AGAIN_MS = 10_000;

/** Tickets, each of which the platform hands to the copy function a moment after it was written. */
export function copyByTicket(ports: Ports, time: VirtualTime): TicketsPort {
  const limit = limitConcurrency(AT_ONCE);
  const tickets: TicketsPort = {
    ...ports.tickets,
    write: async (ticket) => {
      await ports.tickets.write(ticket);
      time.begin(() => copy(nameTicket(ticket)));
    },
  };
  const copy = async (name: string): Promise<void> => {
    await time.wait(EVENT_MS);
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const outcome = await limit(() => tryOnce(name));
      if (outcome === 'copied') return;
      await time.wait(TRY_AGAIN_MS);
    }
  };
  const tryOnce = async (name: string): Promise<'copied' | 'failed'> => {
    try {
      await takeTicket({ ...ports, tickets }, name, '');
      return 'copied';
    } catch (fault) {
      ports.log({ event: 'ticket failed', code: ports.explain(fault).code });
      return 'failed';
    }
  };
  return tickets;
}
