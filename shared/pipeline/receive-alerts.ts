import type { AlertReference } from '../domain/alert.ts';
import type { Caller } from '../domain/caller.ts';
import type { Collection } from '../domain/collection.ts';
import { identifyOperation } from '../domain/identity.ts';
import { goOnWhileQuiet } from './go-on-while-quiet.ts';
import type { Ports } from './ports.ts';
import { receiveAlert } from './receive-alert.ts';

/** Where the receipt of a POST is kept. */
export interface ReceiptsPort {
  writeReceipt(operationId: string, collectionIds: readonly string[]): Promise<void>;
}

/** What a door was given for its alerts: the id to ask for later, and their collections. */
export interface Receipt {
  readonly operationId: string;
  readonly collections: readonly Collection[];
}

/** Claims every alert of a payload and writes the receipt; both are stored before the door answers. */
export async function receiveAlerts(
  ports: Ports,
  receipts: ReceiptsPort,
  references: readonly AlertReference[],
  receivedFrom: string,
  caller?: Caller,
): Promise<Receipt> {
  const collections = new Map<string, Collection>();
  for (const reference of references) {
    const { collection } = await receiveAlert(ports, reference, receivedFrom, caller);
    collections.set(collection.id, collection);
  }
  return writeReceipt(ports, receipts, [...collections.values()]);
}

/** Writes the receipt of collections that a door opened, and goes on with them while it is quiet. */
export async function writeReceipt(
  ports: Ports,
  receipts: ReceiptsPort,
  collections: readonly Collection[],
): Promise<Receipt> {
  const ids = collections.map((collection) => collection.id);
  const operationId = identifyOperation(ids, ports.sha256);
  await receipts.writeReceipt(operationId, ids);
  return { operationId, collections: await goOnWhileQuiet(ports, collections) };
}
