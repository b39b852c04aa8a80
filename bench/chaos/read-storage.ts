import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { StoredBlob } from './watch-writes.ts';

/** A row of the state table. */
export interface TableRow {
  readonly partition: string;
  readonly row: string;
  readonly data: string;
}

/** What the storage holds beside the rows of the table. */
export interface StoredBlobs {
  /** Names in the container of tickets. */
  readonly tickets: readonly string[];
  /** All of the containers evidence and custody. */
  readonly evidence: readonly StoredBlob[];
  /** The text of each blob of the container custody, by `collection/number.json`. */
  readonly custodyLines: ReadonlyMap<string, string>;
  /** Blobs that the host gave up. */
  readonly poisoned: number;
}

/** Reads the whole state table; empty while the app has not made it. */
export async function readRows(connectionString: string): Promise<readonly TableRow[]> {
  const table = TableClient.fromConnectionString(connectionString, 'collector', { allowInsecureConnection: true });
  const rows: TableRow[] = [];
  try {
    for await (const { partitionKey, rowKey, data } of table.listEntities<{ data: string }>())
      rows.push({ partition: partitionKey ?? '', row: rowKey ?? '', data });
  } catch (fault) {
    if (!isAbsent(fault)) throw fault;
  }
  return rows;
}

/** Lists the tickets that are left. */
export async function listTickets(connectionString: string): Promise<readonly string[]> {
  return (await listBlobs(connectionString, 'tickets')).map(({ path }) => path.slice('tickets/'.length));
}

/** Reads the blobs of every container of the app. */
export async function readBlobs(connectionString: string): Promise<StoredBlobs> {
  const custody = await listBlobs(connectionString, 'custody');
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('custody');
  const custodyLines = new Map<string, string>();
  for (const { path } of custody) {
    const name = path.slice('custody/'.length);
    custodyLines.set(name, (await container.getBlobClient(name).downloadToBuffer()).toString('utf8'));
  }
  const evidence = [...(await listBlobs(connectionString, 'evidence')), ...custody];
  const tickets = await listTickets(connectionString);
  return { tickets, evidence, custodyLines, poisoned: await countPoisoned(connectionString) };
}

async function listBlobs(connectionString: string, container: string): Promise<readonly StoredBlob[]> {
  const client = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(container);
  const blobs: StoredBlob[] = [];
  try {
    for await (const { name, properties } of client.listBlobsFlat())
      blobs.push({ path: `${container}/${name}`, etag: properties.etag });
  } catch (fault) {
    if (!isAbsent(fault)) throw fault;
  }
  return blobs;
}

async function countPoisoned(connectionString: string): Promise<number> {
  const queue = QueueServiceClient.fromConnectionString(connectionString).getQueueClient('webjobs-blobtrigger-poison');
  try {
    return (await queue.getProperties()).approximateMessagesCount ?? 0;
  } catch (fault) {
    if (!isAbsent(fault)) throw fault;
    return 0;
  }
}

function isAbsent(fault: unknown): boolean {
  return fault instanceof Error && 'statusCode' in fault && fault.statusCode === 404;
}
