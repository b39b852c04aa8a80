import { fileURLToPath } from 'node:url';
import type { ContainerClient } from '@azure/storage-blob';
import { connectBlobs } from '../../shared/connect-storage.ts';
import { listPackage, openStream, readWhole } from '../../shared/evidence/read-evidence.ts';
import { readStorageAddress } from '../../shared/read-storage-address.ts';
import { readLocalSettings } from '../host/read-local-settings.ts';
import type { LaterEntry, PackageSource } from './package-source.ts';

const LOCAL_SETTINGS = fileURLToPath(new URL('../../local.settings.json', import.meta.url));

/** The containers of EvidenceStorage: packages, and the custody entries that came after their seals. */
export interface EvidenceContainers {
  readonly evidence: ContainerClient;
  readonly custody: ContainerClient;
}

/** The longest custody entry that is read. */
const MAX_ENTRY_BYTES = 64 * 1024;

/** The containers of EvidenceStorage by the environment over local.settings.json, or why it cannot be told. */
export async function connectEvidence(): Promise<
  ({ readonly outcome: 'connected' } & EvidenceContainers) | { readonly outcome: 'fault'; readonly fault: string }
> {
  const faults: string[] = [];
  const settings = { ...readLocalSettings(LOCAL_SETTINGS), ...process.env };
  const address = readStorageAddress(settings, 'EvidenceStorage', 'blobs', faults);
  if (address === null) return { outcome: 'fault', fault: faults.join('; ') };
  const blobs = await connectBlobs(address);
  return {
    outcome: 'connected',
    evidence: blobs.getContainerClient('evidence'),
    custody: blobs.getContainerClient('custody'),
  };
}

/**
 * A collection's package in those containers. It is streamed and never written to a disk: that takes no room, and what was
 * collected may be malware, which a scanner would take away. Throws the service's RestError.
 */
export function openStored({ evidence, custody }: EvidenceContainers, collectionId: string): PackageSource {
  return {
    async list() {
      const blobs = await listPackage(evidence, collectionId);
      return { files: new Map(blobs.map(({ path, bytes }) => [path, bytes])), faults: [] };
    },
    async open(path) {
      const opened = await openStream(evidence, `${collectionId}/${path}`);
      if (opened.outcome === 'opened') return opened.stream;
      throw new Error(`${path} was listed and is gone.`);
    },
    listLater: () => listLater(custody, collectionId),
  };
}

async function listLater(custody: ContainerClient, collectionId: string): Promise<readonly LaterEntry[]> {
  const entries: LaterEntry[] = [];
  for (const { path } of await listPackage(custody, collectionId)) {
    const [, number] = /^([1-9]\d{0,8})\.json$/.exec(path) ?? [];
    const read = await readWhole(custody, `${collectionId}/${path}`, MAX_ENTRY_BYTES);
    // What bears no number is entry 0, which no log has, and so a fault.
    entries.push({
      number: Number(number ?? 0),
      text: read.outcome === 'read' ? new TextDecoder().decode(read.content) : '',
    });
  }
  return entries;
}
