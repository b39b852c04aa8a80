import type { ContainerClient } from '@azure/storage-blob';
import { nameTicket, readTicketName, type Ticket } from '../domain/ticket.ts';
import { putOnce } from './put-once.ts';

/** A ticket that can be used, or what is wrong with it in one sentence. */
export type TicketReading =
  | { readonly outcome: 'ticket'; readonly ticket: Ticket }
  | { readonly outcome: 'fault'; readonly fault: string };

const MAX_TICKET_CHARACTERS = 4096;

/** Writes a ticket as JSON of ids under its name; one that is there already stands. Throws the service's RestError. */
export async function writeTicket(
  container: ContainerClient,
  ticket: Ticket,
): Promise<{ readonly outcome: 'written' | 'already there' }> {
  const body = Buffer.from(JSON.stringify(idsOf(ticket)));
  const { outcome } = await putOnce(container, nameTicket(ticket), body, 'application/json');
  return { outcome };
}

/** Removes a ticket; one that is gone already is no fault. Throws the service's RestError. */
export async function removeTicket(container: ContainerClient, ticket: Ticket): Promise<void> {
  await container.getBlockBlobClient(nameTicket(ticket)).deleteIfExists();
}

/** Reads a ticket from its blob's bytes, text or parsed JSON; `blobName` is its name in the container and must name the same ticket. Never throws. */
export function parseTicket(content: unknown, blobName: string): TicketReading {
  const named = readTicketName(blobName);
  if (named === null || nameTicket(named) !== blobName || named.attempt === 0) {
    return fault('Its name is not that of a ticket.');
  }
  const body = parseContent(content);
  if (body === null) return fault('It is not a JSON object.');
  const ids = Object.entries(idsOf(named));
  if (ids.some(([id]) => !(id in body))) return fault('It lacks an id that a ticket has.');
  if (Object.keys(body).length !== ids.length) return fault('It holds more than the ids of a ticket.');
  if (ids.some(([id, value]) => body[id] !== value)) return fault('It names another ticket than its blob does.');
  return { outcome: 'ticket', ticket: named };
}

function idsOf({ collectionId, session, index, attempt }: Ticket): Ticket {
  return { collectionId, session, index, attempt };
}

function parseContent(content: unknown): Readonly<Record<string, unknown>> | null {
  const value = content instanceof Uint8Array || typeof content === 'string' ? parseText(content) : content;
  return typeof value === 'object' && value !== null ? { ...value } : null;
}

function parseText(content: Uint8Array | string): unknown {
  if (content.length > MAX_TICKET_CHARACTERS) return null;
  try {
    return JSON.parse(typeof content === 'string' ? content : new TextDecoder().decode(content));
  } catch {
    return null;
  }
}

function fault(fault: string): TicketReading {
  return { outcome: 'fault', fault };
}
