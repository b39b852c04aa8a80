import type { ResultKey } from './result.ts';

/** What asks for one result to be copied: ids only, never a link. */
export interface Ticket extends ResultKey {
  readonly collectionId: string;
  /** The how-manieth ticket for this result, from 1. */
  readonly attempt: number;
}

const NAME = /^([0-9a-f]{32}(?:-r\d{1,3})?)\/(\d{1,3})-(\d{1,3})-(\d{1,4})\.json$/;

/** The blob name of a ticket in the `tickets` container: `<collection>/<session>-<index>-<attempt>.json`. */
export function nameTicket(ticket: Ticket): string {
  return `${ticket.collectionId}/${ticket.session}-${ticket.index}-${ticket.attempt}.json`;
}

/** The ticket that a blob name stands for, null when the name is none of ours. */
export function readTicketName(name: string): Ticket | null {
  const [, collectionId, session, index, attempt] = NAME.exec(name) ?? [];
  if (collectionId === undefined || session === undefined || index === undefined || attempt === undefined) return null;
  return { collectionId, session: Number(session), index: Number(index), attempt: Number(attempt) };
}
