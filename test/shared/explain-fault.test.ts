import { TableClient } from '@azure/data-tables';
import { BlobServiceClient, RestError } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../local/storage/start-azurite.ts';
import { explainFault } from '../../shared/explain-fault.ts';

let emulator: Azurite;
beforeAll(async () => {
  emulator = await startAzurite();
});
afterAll(() => emulator.close());

async function faultOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (fault) {
    return fault;
  }
  throw new Error('Nothing failed.');
}

const wrongKey = () =>
  emulator.connectionString.replace(/AccountKey=[^;]+/, `AccountKey=${Buffer.from('SECRET').toString('base64')}`);
const insecure = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };

describe('explainFault', () => {
  it.each<readonly [string, () => Promise<unknown>, RegExp]>([
    [
      'tables with a wrong key',
      () => TableClient.fromConnectionString(wrongKey(), 'collector', insecure).createTable(),
      /refused the app \(storage 403.*roles on StateStorage/,
    ],
    [
      'blobs with a wrong key',
      () => BlobServiceClient.fromConnectionString(wrongKey()).getContainerClient('x1x').createIfNotExists(),
      /refused the app \(storage 403.*connection string/,
    ],
    [
      'a blob that is not there',
      () =>
        BlobServiceClient.fromConnectionString(emulator.connectionString)
          .getContainerClient('x1x')
          .getBlobClient('y')
          .download(),
      /did not do what was asked of it \(storage 404 ContainerNotFound\)/,
    ],
    [
      'tables that nobody serves',
      () => new TableClient('http://127.0.0.1:9/account', 'collector', insecure).createTable(),
      /^The storage cannot be reached \(storage .*\); it is tried again\.$/,
    ],
  ])('says what to do about %s', async (_, work, reason) => {
    const fault = await faultOf(work);
    expect(fault).toBeInstanceOf(RestError);
    expect(explainFault(fault).reason).toMatch(reason);
    expect(explainFault(fault).reason).not.toMatch(/SECRET|127\.0\.0\.1|devstoreaccount/);
  });

  it('passes on no message of an error that is not ours', () => {
    expect(JSON.stringify(explainFault(new TypeError('https://x.blob.core.windows.net/?sig=SECRET')))).not.toContain(
      'SECRET',
    );
    expect(explainFault('sig=SECRET').reason).toBe('Something failed that should not (unknown); it is tried again.');
  });
});
