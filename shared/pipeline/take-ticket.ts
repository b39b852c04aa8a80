import { advance, goAlone } from './advance.ts';
import { copyResult } from './copy-result.ts';
import type { Ports } from './ports.ts';

/**
 * Copies the result that a ticket asks for. A fault is thrown, so that the platform tries the ticket again and at last
 * sets it aside in its poison queue, where it can be seen; so it is with a blob that is no ticket.
 */
export async function takeTicket(ports: Ports, blobName: string, content: unknown): Promise<void> {
  const reading = ports.tickets.read(content, blobName);
  if (reading.outcome === 'fault') {
    ports.log({ event: 'ticket refused', fault: reading.fault });
    throw new Error(`A blob in the tickets container cannot be used: ${reading.fault}`);
  }
  const { ticket } = reading;
  const copied = await copyResult(ports, ticket.collectionId, ticket);
  if (copied.copied === 'not yet')
    throw new Error(
      `The result ${ticket.session}-${ticket.index} of ${ticket.collectionId} cannot be copied yet: ${copied.reason}`,
    );
  await ports.tickets.remove(ticket);
  // What the last copy makes possible, the next session or the seal, need not wait for the next poll.
  await advance(ports, ticket.collectionId, goAlone(ports));
}
