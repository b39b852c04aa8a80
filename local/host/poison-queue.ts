import type { QueueServiceClient } from '@azure/storage-queue';

/** A blob whose function failed at every try; `etag` without quotation marks. */
export type PoisonBlob = {
  functionName: string;
  container: string;
  blobName: string;
  blobType: string;
  etag: string;
};

const poisonQueue = 'webjobs-blobtrigger-poison';

/** Puts the real host's message about a blob that is given up into its poison queue, creating the queue if need be (BlobTriggerMessage of Microsoft.Azure.WebJobs.Extensions.Storage.Blobs, in base64 as the Functions host writes); rejects with the storage SDK's errors. */
export async function sendPoisonMessage(queues: QueueServiceClient, blob: PoisonBlob): Promise<void> {
  const queue = queues.getQueueClient(poisonQueue);
  await queue.createIfNotExists();
  const message = {
    Type: 'BlobTrigger',
    FunctionId: `Host.Functions.${blob.functionName}`,
    BlobType: blob.blobType,
    ContainerName: blob.container,
    BlobName: blob.blobName,
    ETag: `"${blob.etag}"`,
  };
  await queue.sendMessage(Buffer.from(JSON.stringify(message)).toString('base64'));
}
