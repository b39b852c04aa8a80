import type { Caller } from '../domain/caller.ts';
import { appendCustody } from './append-custody.ts';
import type { Ports } from './ports.ts';

/** A stored file as a stream, which is read to its end or left early. */
export interface OpenedFile {
  readonly outcome: 'opened';
  readonly content: AsyncIterable<Uint8Array>;
  readonly bytes: number;
  /** Lets go of a stream that nobody reads. */
  readonly drop: () => void;
}

/** Opens a file of a package. */
export type OpenFile = (collectionId: string, path: string) => Promise<OpenedFile | { readonly outcome: 'not found' }>;

/** Opens a file of a package for somebody; that it is given out is in the custody log before its first byte is. */
export async function openEvidence(
  ports: Ports,
  openFile: OpenFile,
  wanted: { readonly collectionId: string; readonly path: string; readonly wrapped: 'as it is' | 'in a zip' },
  caller: Caller,
): Promise<OpenedFile | { readonly outcome: 'not found' }> {
  const { collectionId, path, wrapped } = wanted;
  const opened = await openFile(collectionId, path);
  if (opened.outcome === 'not found') return opened;
  try {
    const fact = {
      event: 'exported',
      actor: 'http',
      caller: caller.id,
      detail: { path, bytes: opened.bytes, wrapped },
    };
    const { appended } = await appendCustody(ports, collectionId, fact);
    if (appended === 'appended') return opened;
  } catch (fault) {
    opened.drop();
    throw fault;
  }
  // Where no collection is known there is no log to tell of it, as when the state was lost: nothing goes out untold.
  opened.drop();
  return { outcome: 'not found' };
}
