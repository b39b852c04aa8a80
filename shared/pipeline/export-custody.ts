import type { Collection } from '../domain/collection.ts';
import type { Ports } from './ports.ts';

/** Writes the custody entries that came after a package's seal as blobs of their own, each once; with `last` no more than so many of the last. */
export async function exportCustody(
  ports: Pick<Ports, 'collections' | 'evidence'>,
  collection: Collection,
  last = Number.POSITIVE_INFINITY,
): Promise<void> {
  const packed = 'sealed' in collection ? collection.sealed : null;
  if (packed === null) return;
  const lines = await ports.collections.readCustody(collection.id);
  for (const [index, line] of lines.entries()) {
    if (index + 1 > packed.custodyNumber && index >= lines.length - last)
      await ports.evidence.putCustodyLine(collection.id, { number: index + 1, line });
  }
}
