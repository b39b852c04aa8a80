import { CIPHER_BYTES, openZipCipher, SALT_BYTES } from './zip-cipher.ts';
import { writeZipHead, writeZipTail, type ZipEntry } from './zip-layout.ts';

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

/**
 * A file in a zip of its own, under AES-256 and the password `infected`, as it passes: nothing is kept but a piece. `name`
 * is of ASCII; `random` gives so many random bytes. Its stream throws when the file is shorter or longer than it said.
 */
export function wrapInZip(file: PassingFile, name: string, random: (bytes: number) => Uint8Array): PassingFile {
  const entry = { name, bytes: file.bytes, storedBytes: file.bytes + CIPHER_BYTES };
  const bytes = writeZipHead(entry).length + entry.storedBytes + writeZipTail(entry).length;
  return { content: writePieces(file, entry, random(SALT_BYTES)), bytes };
}

async function* writePieces(file: PassingFile, entry: ZipEntry, salt: Uint8Array): AsyncGenerator<Uint8Array> {
  const cipher = await openZipCipher(PASSWORD, salt);
  yield Buffer.concat([writeZipHead(entry), salt, cipher.check]);
  let read = 0;
  for await (const piece of file.content) {
    read += piece.length;
    if (read > file.bytes) break;
    yield cipher.encrypt(piece);
  }
  if (read !== file.bytes) throw new Error(`A file of ${file.bytes} bytes gave ${read}; ask for it again.`);
  yield Buffer.concat([cipher.finish(), writeZipTail(entry)]);
}
