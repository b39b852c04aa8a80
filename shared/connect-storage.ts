import { TableClient } from '@azure/data-tables';
import type { TokenCredential } from '@azure/identity';
import { type ContainerClient, BlobServiceClient } from '@azure/storage-blob';
import type { StorageAddress } from './settings.ts';

/** The name of the one table that holds all state. */
const TABLE = 'collector';

/** The storage that the collector works with. */
export interface Storage {
  readonly table: TableClient;
  readonly tickets: ContainerClient;
  readonly evidence: ContainerClient;
  readonly custody: ContainerClient;
  /** Makes table and containers unless they are there; done once, and again after a fault. */
  readonly ready: () => Promise<void>;
}

/** Clients for both accounts; nothing is sent before `ready`. */
export async function connectStorage(state: StorageAddress, evidence: StorageAddress): Promise<Storage> {
  const stateBlobs = await connectBlobs(state);
  const evidenceBlobs = await connectBlobs(evidence);
  const table = await connectTable(state);
  const containers = {
    tickets: stateBlobs.getContainerClient('tickets'),
    evidence: evidenceBlobs.getContainerClient('evidence'),
    custody: evidenceBlobs.getContainerClient('custody'),
  };
  let made: Promise<void> | null = null;
  const ready = () => {
    made ??= makeAll(table, Object.values(containers)).catch((fault: unknown) => {
      made = null;
      throw fault;
    });
    return made;
  };
  return { table, ...containers, ready };
}

async function makeAll(table: TableClient, containers: readonly ContainerClient[]): Promise<void> {
  await Promise.all([
    table.createTable(),
    ...containers.map(async (container) => ((await container.exists()) ? undefined : container.createIfNotExists())),
  ]);
}

/** A client for an account's blobs; nothing is sent yet. */
export async function connectBlobs(address: StorageAddress): Promise<BlobServiceClient> {
  if (address.by === 'connection string') return BlobServiceClient.fromConnectionString(address.connectionString);
  return new BlobServiceClient(address.blobServiceUri, await identify(address.clientId));
}

async function connectTable(address: StorageAddress): Promise<TableClient> {
  if (address.by === 'connection string') {
    const isLocal = /UseDevelopmentStorage=true|TableEndpoint=http:/i.test(address.connectionString);
    return TableClient.fromConnectionString(address.connectionString, TABLE, { allowInsecureConnection: isLocal });
  }
  if (address.tableServiceUri === null) throw new Error('The state storage has no table service URI.');
  return new TableClient(address.tableServiceUri, TABLE, await identify(address.clientId));
}

/** The app's own identity; loaded only where it is used, as it is by far the largest library. */
export async function identify(clientId: string | null): Promise<TokenCredential> {
  const { DefaultAzureCredential } = await import('@azure/identity');
  return new DefaultAzureCredential(clientId === null ? {} : { managedIdentityClientId: clientId });
}
