import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { BlobServiceClient } from '@azure/storage-blob';

/** Brings a collection's package from the evidence container into a folder, file by file; answers how many there were. */
export async function fetchPackage(connectionString: string, collectionId: string, folder: string): Promise<number> {
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient('evidence');
  const prefix = `${collectionId}/`;
  await rm(folder, { recursive: true, force: true });
  let files = 0;
  for await (const blob of container.listBlobsFlat({ prefix })) {
    const path = resolve(folder, blob.name.slice(prefix.length));
    if (!path.startsWith(`${resolve(folder)}${sep}`))
      throw new Error(`The package holds a name that leads out of its folder: ${JSON.stringify(blob.name)}.`);
    await mkdir(dirname(path), { recursive: true });
    await container.getBlobClient(blob.name).downloadToFile(join(path));
    files += 1;
  }
  return files;
}
