import { describe, expect, it } from 'vitest';
import { openStorageConnection } from '../../../local/host/storage-connection.ts';

const connectionString =
  'DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net';

describe('openStorageConnection', () => {
  it.each([
    ['a connection string', 'StateStorage', { StateStorage: connectionString }],
    ['a connection string behind AzureWebJobs', 'StateStorage', { AzureWebJobsStateStorage: connectionString }],
    ['no name, which means AzureWebJobsStorage', '', { AzureWebJobsStorage: connectionString }],
    [
      'service URIs with an identity',
      'StateStorage',
      {
        StateStorage__blobServiceUri: 'https://acme.blob.core.windows.net',
        StateStorage__queueServiceUri: 'https://acme.queue.core.windows.net',
      },
    ],
    ['an account name with an identity', 'StateStorage', { StateStorage__accountName: 'acme' }],
  ])('opens both services by %s', async (_, connection, settings) => {
    const opened = await openStorageConnection(connection, settings, 'copy');
    expect(opened.blobs.url).toMatch(/^https:\/\/acme\.blob\.core\.windows\.net\/?$/);
    expect(opened.queues.url).toMatch(/^https:\/\/acme\.queue\.core\.windows\.net\/?$/);
  });

  it.each([
    ['nothing', {}],
    ['one URI of two', { StateStorage__blobServiceUri: 'https://acme.blob.core.windows.net' }],
  ])('says what to set when there is %s', async (_, settings) => {
    await expect(openStorageConnection('StateStorage', settings, 'copy')).rejects.toThrow(
      'The function "copy" reads blobs by the connection StateStorage, which is not set. Set StateStorage to a connection string, or set StateStorage__blobServiceUri and StateStorage__queueServiceUri to use an identity.',
    );
  });

  it('does not repeat a connection string that cannot be read', async () => {
    const error: Error = await openStorageConnection(
      'StateStorage',
      { StateStorage: 'AccountKey=c2VjcmV0' },
      'copy',
    ).then(
      () => new Error('it was opened'),
      (reason) => reason,
    );
    expect(error.message).toMatch(
      /^The connection StateStorage of the function "copy" holds no storage connection string/,
    );
    expect(error.message).not.toContain('c2VjcmV0');
  });
});
