import { crc32 } from 'node:zlib';

/** A file of an archive: its name in ASCII, and its bytes. */
export type ZipEntry = { name: string; bytes: Buffer };

/** Makes a zip archive of stored (not compressed) files, without times. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name, 'latin1');
    const common = describe(entry.bytes, name.length);
    const file = Buffer.concat([word(0x04034b50), common, name, entry.bytes]);
    // Between the common part and the name: comment length, disk, attributes, and where the file begins.
    directory.push(Buffer.concat([word(0x02014b50), short(20), common, Buffer.alloc(10), word(offset), name]));
    files.push(file);
    offset += file.length;
  }
  const list = Buffer.concat(directory);
  const count = short(entries.length);
  const end = [word(0x06054b50), short(0), short(0), count, count, word(list.length), word(offset), short(0)];
  return Buffer.concat([...files, list, ...end]);
}

/** Version 2.0, no flags, stored, 1980-01-01, sum, lengths twice, length of the name, no extra field. */
function describe(bytes: Buffer, nameLength: number): Buffer {
  const length = word(bytes.length);
  const time = [short(0), short(0x21)];
  return Buffer.concat([
    short(20),
    short(0),
    short(0),
    ...time,
    word(crc32(bytes)),
    length,
    length,
    short(nameLength),
    short(0),
  ]);
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function word(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
