import { BlobServiceClient } from '@azure/storage-blob';
import { QueueServiceClient } from '@azure/storage-queue';
import type { Settings } from './resolve-settings.ts';

/** The two services that a blob trigger needs of its account. */
export type StorageConnection = { blobs: BlobServiceClient; queues: QueueServiceClient };

/** Callers try again by themselves, so a call that fails should fail soon. */
const clientOptions = { retryOptions: { maxTries: 2, retryDelayInMs: 200 } };

/**
 * Opens a connection by the platform's convention: a connection string in NAME, or NAME__blobServiceUri and
 * NAME__queueServiceUri (or NAME__accountName) with an identity; the name may also stand behind `AzureWebJobs`. Rejects
 * with a sentence that says what to set. https://learn.microsoft.com/azure/azure-functions/functions-reference#connections
 */
export async function openStorageConnection(
  connection: string,
  settings: Settings,
  functionName: string,
): Promise<StorageConnection> {
  const name = connection || 'AzureWebJobsStorage';
  const read = (suffix: string): string | undefined =>
    settings[`AzureWebJobs${connection || 'Storage'}${suffix}`] || settings[`${connection}${suffix}`] || undefined;

  const connectionString = read('');
  if (connectionString !== undefined) {
    try {
      return {
        blobs: BlobServiceClient.fromConnectionString(connectionString, clientOptions),
        queues: QueueServiceClient.fromConnectionString(connectionString, clientOptions),
      };
    } catch {
      throw new Error(
        `The connection ${name} of the function "${functionName}" holds no storage connection string. Copy it whole from the storage account's access keys, or use UseDevelopmentStorage=true.`,
      );
    }
  }

  const accountName = read('__accountName');
  const [blobUri, queueUri] = (['blob', 'queue'] as const).map(
    (service) =>
      read(`__${service}ServiceUri`) ?? (accountName && `https://${accountName}.${service}.core.windows.net`),
  );
  if (blobUri === undefined || queueUri === undefined) {
    throw new Error(
      `The function "${functionName}" reads blobs by the connection ${name}, which is not set. Set ${name} to a connection string, or set ${name}__blobServiceUri and ${name}__queueServiceUri to use an identity.`,
    );
  }
  const { DefaultAzureCredential } = await import('@azure/identity');
  const clientId = read('__clientId');
  const credential = new DefaultAzureCredential(clientId === undefined ? {} : { managedIdentityClientId: clientId });
  return {
    blobs: new BlobServiceClient(blobUri, credential, clientOptions),
    queues: new QueueServiceClient(queueUri, credential, clientOptions),
  };
}
