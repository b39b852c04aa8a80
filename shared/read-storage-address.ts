import type { Environment, StorageAddress } from './settings.ts';

/** One account by the platform's convention: a connection string in NAME, or NAME__blobServiceUri and its like with an identity; null with its faults added to the list. */
export function readStorageAddress(
  given: Environment,
  name: string,
  kinds: 'blobs' | 'blobs and tables',
  faults: string[],
): StorageAddress | null {
  const connectionString = given[name];
  if (connectionString !== undefined) {
    if (isConnectionString(connectionString)) return { by: 'connection string', connectionString };
    faults.push(
      `${name}: not a connection string of a storage account; copy it from the account's access keys, or use UseDevelopmentStorage=true`,
    );
    return null;
  }
  const blobServiceUri = given[`${name}__blobServiceUri`];
  const tableServiceUri = given[`${name}__tableServiceUri`] ?? null;
  if (blobServiceUri === undefined) {
    const uris = kinds === 'blobs' ? '' : ` and ${name}__tableServiceUri`;
    faults.push(
      `${name}: not set; give a connection string in ${name}, or ${name}__blobServiceUri${uris} with a managed identity`,
    );
    return null;
  }
  if (kinds === 'blobs and tables' && tableServiceUri === null) {
    faults.push(`${name}__tableServiceUri: not set; it is needed beside ${name}__blobServiceUri`);
    return null;
  }
  const wrong = [`${name}__blobServiceUri`, `${name}__tableServiceUri`].filter(
    (key) => given[key] !== undefined && !URL.canParse(given[key]),
  );
  for (const key of wrong) faults.push(`${key}: not a URL such as https://account.blob.core.windows.net`);
  if (wrong.length > 0) return null;
  return { by: 'identity', blobServiceUri, tableServiceUri, clientId: given[`${name}__clientId`] ?? null };
}

function isConnectionString(text: string): boolean {
  const keys = text.split(';').map((part) => part.split('=')[0]?.trim().toLowerCase() ?? '');
  return keys.includes('usedevelopmentstorage') || keys.includes('accountname') || keys.includes('blobendpoint');
}
