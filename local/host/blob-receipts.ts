import { createHash } from 'node:crypto';
import type { BlobServiceClient } from '@azure/storage-blob';

/** One version of a blob; `etag` without quotation marks. */
export type BlobVersion = { name: string; etag: string };

/** Which versions a function has done: kept as empty blobs, so that a restart does not run them again. */
export type BlobReceipts = {
  has(version: BlobVersion): boolean;
  add(version: BlobVersion): Promise<void>;
};

const receiptContainer = 'azure-webjobs-hosts';
const hostId = 'local';

/** Reads a function's receipts from `azure-webjobs-hosts/blobreceipts/local/<function>/<sha256 of ETag and name>`, where the real host also keeps its own; creates the container if need be; rejects with the storage SDK's errors. */
export async function loadBlobReceipts(blobs: BlobServiceClient, functionName: string): Promise<BlobReceipts> {
  const container = blobs.getContainerClient(receiptContainer);
  await container.createIfNotExists();
  const prefix = `blobreceipts/${hostId}/${functionName}/`;
  const kept = new Set<string>();
  for await (const { name } of container.listBlobsFlat({ prefix })) kept.add(name);
  return {
    has: (version) => kept.has(prefix + hashVersion(version)),
    add: async (version) => {
      const name = prefix + hashVersion(version);
      await container.getBlockBlobClient(name).upload('', 0);
      kept.add(name);
    },
  };
}

function hashVersion({ name, etag }: BlobVersion): string {
  return createHash('sha256').update(`${etag}\n${name}`).digest('hex');
}
