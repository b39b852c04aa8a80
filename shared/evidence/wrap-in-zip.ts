import { PassThrough, Writable } from 'node:stream';
import { ZipWriter } from '@zip.js/zip.js/lib/zip-core-native.js';

/** A file on its way: its bytes in pieces, and how many they are. */
export interface PassingFile {
  readonly content: AsyncIterable<Uint8Array>;
  readonly bytes: number;
}

/**
 * What everybody who handles malware expects. It keeps mail gateways, virus scanners and a careless click from what is in
 * the zip; it is no secret and keeps nothing from anybody else.
 */
const PASSWORD = 'infected';

/** As it is, under AES-256; of a stream nobody knows whether it needs ZIP64, so that it is always there. */
const PRACTICE = {
  level: 0,
  password: PASSWORD,
  encryptionStrength: 3,
  zip64: true,
  useWebWorkers: false,
  useCompressionStream: false,
  extendedTimestamp: false,
} as const;

/**
 * A file in a zip of its own, under AES-256 and the password `infected`, as it passes: no more than some pieces of it are
 * kept. `at` is the time that the zip tells of it. Its stream throws when the file is shorter or longer than it said.
 */
export async function* wrapInZip(file: PassingFile, name: string, at: Date): AsyncGenerator<Uint8Array> {
  const out = new PassThrough();
  const zip = new ZipWriter(Writable.toWeb(out), { ...PRACTICE, lastModDate: at });
  const written = zip.add(name, ReadableStream.from(countBytes(file))).then(() => zip.close());
  written.catch((fault: Error) => out.destroy(fault));
  yield* out;
  await written;
}

async function* countBytes({ content, bytes }: PassingFile): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const piece of content) {
    read += piece.length;
    if (read > bytes) break;
    yield piece;
  }
  if (read !== bytes) throw new Error(`A file of ${bytes} bytes gave ${read}; ask for it again.`);
}
