import type { Readable } from 'node:stream';
import type { PackageSource } from './package-source.ts';

/** More than any text of a package of ours has. */
const MAX_TEXT_BYTES = 64 * 1024 * 1024;

/** A text of a package. */
export type TextReading = { readonly outcome: 'read'; readonly text: string } | { readonly outcome: 'too long' };

/** Reads a file of a package into memory, unless it is too long for that. */
export async function readText(source: PackageSource, path: string): Promise<TextReading> {
  const stream: Readable = await source.open(path);
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of stream as AsyncIterable<Uint8Array>) {
    bytes += piece.length;
    if (bytes > MAX_TEXT_BYTES) return { outcome: 'too long' };
    pieces.push(piece);
  }
  return { outcome: 'read', text: Buffer.concat(pieces).toString('utf8') };
}
