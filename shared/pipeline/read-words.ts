import type { CollectionIn } from '../domain/collection.ts';
import { placeDocument } from '../domain/evidence-path.ts';
import { readPackedBasis } from '../domain/packed-plan.ts';
import { readTestimony } from '../domain/script-testimony.ts';
import { type ShownTranscript, showTranscript } from '../domain/shown-transcript.ts';
import type { PackedWords, Testimony } from '../domain/testimony.ts';
import { decodeTranscript, readTranscript } from '../domain/transcript.ts';
import type { Ports } from './ports.ts';

/** Longer transcripts are kept like any other, but not read for what they say. */
const MAX_TRANSCRIPT_BYTES = 4 * 1024 * 1024;

/**
 * Reads what a package's own files say of its making, and as much of its transcripts as a report shows. All of it comes
 * from what is stored, one file after the other, so a seal that is repeated finds the same.
 */
export async function readWords(
  ports: Ports,
  collection: CollectionIn<'sealing'>,
): Promise<{ readonly words: PackedWords; readonly transcripts: readonly ShownTranscript[] }> {
  const basis = readPackedBasis(await ports.evidence.readText(collection.id, placeDocument('plan')));
  const testimonies: Testimony[] = [];
  const transcripts: ShownTranscript[] = [];
  for (const result of collection.results) {
    if (result.command !== 'RunScript' || result.status !== 'stored') continue;
    const { session, index, item } = result;
    const head =
      (item.inside ?? item).bytes > MAX_TRANSCRIPT_BYTES ? null : await readHead(ports, collection.id, item.path);
    const transcript = head === null ? null : readTranscript(decodeTranscript(head));
    testimonies.push({ session, index, said: transcript === null ? null : readTestimony(transcript.output) });
    if (transcript !== null) transcripts.push(showTranscript({ session, index }, transcript));
  }
  return { words: { basis, testimonies }, transcripts };
}

/** The content of a stored transcript, out of its gzip; null when it is too long. */
async function readHead(ports: Ports, collectionId: string, path: string): Promise<Uint8Array | null> {
  const askForLink = async () => ({ outcome: 'no result' as const, reason: 'It is stored, and not asked for again.' });
  const found = await ports.evidence.copyResult(collectionId, path, { askForLink });
  return found.outcome === 'stored' ? found.head : null;
}
