import { fileURLToPath } from 'node:url';
import type { ContainerClient } from '@azure/storage-blob';
import { connectBlobs } from '../../shared/connect-storage.ts';
import { listPackage, openStream } from '../../shared/evidence/read-evidence.ts';
import { readStorageAddress } from '../../shared/read-storage-address.ts';
import { readLocalSettings } from '../host/read-local-settings.ts';
import type { PackageSource } from './package-source.ts';

const LOCAL_SETTINGS = fileURLToPath(new URL('../../local.settings.json', import.meta.url));

/** The container `evidence` of EvidenceStorage by the environment over local.settings.json, or why it cannot be told. */
export async function connectEvidence(): Promise<
  | { readonly outcome: 'connected'; readonly container: ContainerClient }
  | { readonly outcome: 'fault'; readonly fault: string }
> {
  const faults: string[] = [];
  const settings = { ...readLocalSettings(LOCAL_SETTINGS), ...process.env };
  const address = readStorageAddress(settings, 'EvidenceStorage', 'blobs', faults);
  if (address === null) return { outcome: 'fault', fault: faults.join('; ') };
  return { outcome: 'connected', container: (await connectBlobs(address)).getContainerClient('evidence') };
}

/**
 * A collection's package in that container. It is streamed and never written to a disk: that takes no room, and what was
 * collected may be malware, which a scanner would take away. Throws the service's RestError.
 */
export function openStored(container: ContainerClient, collectionId: string): PackageSource {
  return {
    async list() {
      const blobs = await listPackage(container, collectionId);
      return { files: new Map(blobs.map(({ path, bytes }) => [path, bytes])), faults: [] };
    },
    async open(path) {
      const opened = await openStream(container, `${collectionId}/${path}`);
      if (opened.outcome === 'opened') return opened.stream;
      throw new Error(`${path} was listed and is gone.`);
    },
  };
}
