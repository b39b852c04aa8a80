import type { ContainerClient } from '@azure/storage-blob';
import type { OverrideSource } from './content/override-profiles.ts';
import { connectBlobs } from './connect-storage.ts';
import type { StorageAddress } from './settings.ts';

/** The container of ConfigStorage that holds overrides; the collector reads it and never makes or changes it. */
const CONTAINER = 'profiles';
const MOST_BYTES = 262_144;

/** Overrides as they lie in ConfigStorage; nothing is sent before they are asked for. */
export function openOverrides(address: StorageAddress): OverrideSource {
  let connected: Promise<ContainerClient> | null = null;
  const connect = () => {
    connected ??= connectBlobs(address).then((service) => service.getContainerClient(CONTAINER));
    return connected;
  };
  return {
    list: async () => {
      const found: { name: string; etag: string }[] = [];
      for await (const blob of (await connect()).listBlobsFlat())
        if (blob.name.endsWith('.yaml')) found.push({ name: blob.name, etag: blob.properties.etag });
      return found;
    },
    read: async (name) => {
      const blob = (await connect()).getBlobClient(name);
      const { contentLength } = await blob.getProperties();
      // Cut off it might read as another profile; nothing at all is refused with a line.
      if (contentLength === undefined || contentLength === 0 || contentLength > MOST_BYTES) return '';
      return (await blob.downloadToBuffer(0, contentLength)).toString('utf8');
    },
  };
}
