import { nameTicket } from '../../../shared/domain/ticket.ts';
import type { Scene, Witness } from './witness.ts';

/** A ticket follows on the save that asks for it; only a fault may keep it away, and then the poll copies in its stead. */
const SOON_MS = 60_000;

/** I1: while nothing goes wrong, every result that waits has its ticket, and every one that was tried in vain a new one. */
export function watchTickets(scene: Scene): Witness {
  const written = new Set<string>();
  const due = new Map<string, number>();
  const check = (all: 'all' | 'due') => {
    if (scene.hadFaults()) return;
    for (const [name, dueMs] of due) {
      if (all === 'due' && scene.sinceStart() < dueMs) continue;
      due.delete(name);
      if (!written.has(name)) scene.fail('I1', `The ticket ${name} was not written.`);
    }
  };
  return {
    blob(container, { name, after }) {
      if (container === 'tickets' && after !== null) written.add(name);
    },
    saved({ after }) {
      check('due');
      if (after.status !== 'copying') return;
      for (const { session, index, ...result } of after.results) {
        if (result.status !== 'waiting') continue;
        const name = nameTicket({ collectionId: after.id, session, index, attempt: result.tries + 1 });
        if (!written.has(name) && !due.has(name)) due.set(name, scene.sinceStart() + SOON_MS);
      }
    },
    end: () => check('all'),
  };
}
