import { stageOf } from '../../shared/domain/collection.ts';
import type { SeenAction } from './check-actions.ts';
import type { Finding } from './finding.ts';
import { listKeys, readCollections, readLeases } from './read-collections.ts';
import type { TableRow } from './read-storage.ts';

/** What a run may have left behind. */
export interface Leftovers {
  readonly rows: readonly TableRow[];
  readonly tickets: readonly string[];
  readonly actions: readonly SeenAction[];
}

/** What is still to be done or given back; empty when the app has come to rest. What was set aside or refused never goes by itself. */
export function findLeftovers({ rows, tickets, actions }: Leftovers): readonly Finding[] {
  const open = readCollections(rows).filter(({ status }) => stageOf(status) === 'open');
  const running = actions.filter(({ status }) => status === 'Pending' || status === 'InProgress');
  return [
    ...open.map(({ id, status, reason }) => ({
      what: `It is still ${status}: ${reason ?? 'no reason is given'}`,
      where: `collection ${id}`,
    })),
    ...listKeys(rows, 'open').map((id) => ({
      what: 'It is still in the index of open ones.',
      where: `collection ${id}`,
    })),
    ...readLeases(rows).map(({ collectionId, since }) => ({
      what: `A lease of ${since} is left in the quota of live responses.`,
      where: `collection ${collectionId}`,
    })),
    ...tickets.map((name) => ({ what: 'It is left.', where: `ticket ${name}` })),
    ...running.map(({ id, status }) => ({ what: `It is still ${status}.`, where: `machine action ${id}` })),
  ];
}

/** What must not be there at the end, and does not go away by waiting. */
export function findSetAside(rows: readonly TableRow[], poisoned: number): readonly Finding[] {
  const poison = { what: `The host gave up ${poisoned} tickets.`, where: 'queue webjobs-blobtrigger-poison' };
  return [
    ...listKeys(rows, 'set-aside').map((id) => ({
      what: 'It was set aside as unreadable.',
      where: `collection ${id}`,
    })),
    ...listKeys(rows, 'refused').map((row) => ({ what: 'A door refused what it was given.', where: `row ${row}` })),
    ...(poisoned === 0 ? [] : [poison]),
  ];
}
