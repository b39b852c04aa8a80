import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../local/storage/start-azurite.ts';
import { openOverrides } from '../../shared/override-source.ts';

let storage: Azurite;

beforeAll(async () => {
  storage = await startAzurite({});
});
afterAll(() => storage.close());

describe('openOverrides', () => {
  it('lists and reads the YAML files of the container, and fails while there is none', async () => {
    const { connectionString } = storage;
    const source = openOverrides({ by: 'connection string', connectionString });
    await expect(source.list()).rejects.toThrow(/container/i);
    const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('profiles');
    await container.create();
    const write = (name: string, text: string) =>
      container.getBlockBlobClient(name).upload(text, Buffer.byteLength(text));
    await write('a.yaml', 'Übung: 1');
    await write('notes.txt', 'x');
    const [first, ...others] = await source.list();
    expect([first?.name, others]).toEqual(['a.yaml', []]);
    expect(await source.read('a.yaml')).toBe('Übung: 1');
    await write('large.yaml', 'x'.repeat(300_000));
    expect(await source.read('large.yaml')).toBe('');
    await write('a.yaml', 'x: 2');
    expect((await source.list())[0]?.etag).not.toBe(first?.etag);
  });
});
