import type { AlertReference } from '../domain/alert.ts';
import { isSameAsk } from '../domain/asked.ts';
import type { Caller } from '../domain/caller.ts';
import type { Ports } from './ports.ts';
import { receiveAlert } from './receive-alert.ts';
import { type Receipt, type ReceiptsPort, writeReceipt } from './receive-alerts.ts';

/** What became of asking for a collection by hand. */
export type Creation =
  | { readonly outcome: 'accepted'; readonly receipt: Receipt }
  | { readonly outcome: 'key used'; readonly collectionId: string };

/** Opens a collection without an alert; under the same key it is the same one, and a key is not used for something else. */
export async function createCollection(
  ports: Ports,
  receipts: ReceiptsPort,
  reference: AlertReference,
  receivedFrom: string,
  caller?: Caller,
): Promise<Creation> {
  const { claim, collection } = await receiveAlert(ports, reference, receivedFrom, caller);
  if (claim === 'exists' && !isSameAsk(collection.asked, reference.asked ?? null))
    return { outcome: 'key used', collectionId: collection.id };
  return { outcome: 'accepted', receipt: await writeReceipt(ports, receipts, [collection]) };
}
