import type { Ticket } from '../domain/ticket.ts';
import { advance, goAlone } from './advance.ts';
import { copyResult } from './copy-result.ts';
import type { Ports } from './ports.ts';

/**
 * Copies the result that a ticket asks for. A fault of the first ticket is thrown, so that the platform tries it again and
 * at last sets it aside in its poison queue, where it can be seen; so it is with a blob that is no ticket. What a later
 * ticket does not get is left to the poll, which tries it and writes the next: a result that cannot be had, as where no
 * download is let out, takes few of the calls that are for all.
 */
export async function takeTicket(ports: Ports, blobName: string, content: unknown): Promise<void> {
  const reading = ports.tickets.read(content, blobName);
  if (reading.outcome === 'fault') {
    ports.log({ event: 'ticket refused', fault: reading.fault });
    throw new Error(`A blob in the tickets container cannot be used: ${reading.fault}`);
  }
  const { ticket } = reading;
  const notCopied = await tryCopy(ports, ticket);
  if (notCopied !== null) {
    const { collectionId, session, index, attempt } = ticket;
    if (attempt === 1) throw notCopied.fault;
    ports.log({ event: 'ticket put off', collection: collectionId, session, index, attempt, code: notCopied.code });
    return;
  }
  await ports.tickets.remove(ticket);
  // What the last copy makes possible, the next session or the seal, need not wait for the next poll.
  await advance(ports, ticket.collectionId, goAlone(ports));
}

/** Why a copy was not made, by a code for the log. */
interface NotCopied {
  readonly code: string;
  readonly fault: unknown;
}

async function tryCopy(ports: Ports, ticket: Ticket): Promise<NotCopied | null> {
  const { collectionId, session, index } = ticket;
  try {
    const copied = await copyResult(ports, collectionId, ticket);
    if (copied.copied !== 'not yet') return null;
    const what = `The result ${session}-${index} of ${collectionId} cannot be copied yet: ${copied.reason}`;
    return { code: 'not yet', fault: new Error(what) };
  } catch (fault) {
    return { code: ports.explain(fault).code, fault };
  }
}
