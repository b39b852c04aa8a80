/** The one file in a zip: its name in ASCII, and its lengths before and after it is encrypted. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  readonly storedBytes: number;
}

/** Little-endian numbers, each with its length in bytes. */
type Fields = readonly (readonly [length: 2 | 4 | 8, value: number])[];

/** AES in a zip needs version 5.1 of the format (APPNOTE 4.4.3.2). */
const VERSION = 51;
const ENCRYPTED = 1;
const METHOD_AES = 99;
/** 1 January 1980, as the format's time cannot say nothing. */
const NO_DATE = 0x21;
/** The true number is in the ZIP64 fields. */
const [SEE_ZIP64_16, SEE_ZIP64_32] = [0xff_ff, 0xff_ff_ff_ff];
const END_BYTES = 56;

/**
 * What stands before the file's bytes in a zip of one encrypted file (PKWARE's APPNOTE 6.3.10). Lengths are always in the
 * ZIP64 fields: a file of 4 GiB and more has no other place for them, and so there is one way for all.
 */
export function writeZipHead(entry: ZipEntry): Uint8Array {
  const extra = writeExtra(entry);
  const fields: Fields = [[4, 0x04_03_4b_50], ...describeEntry(entry, extra)];
  return Buffer.concat([pack(fields), Buffer.from(entry.name, 'latin1'), extra]);
}

/** What stands after the file's bytes: the directory, and where it is. */
export function writeZipTail(entry: ZipEntry): Uint8Array {
  const extra = writeExtra(entry);
  const made: Fields = [
    [4, 0x02_01_4b_50],
    [2, VERSION],
  ];
  // No comment, the first disk, no attributes, and the file's head is at the very beginning.
  const rest: Fields = [...[2, 2, 2].map((length) => [length, 0] as Fields[number]), [4, 0], [4, 0]];
  const fields = pack([...made, ...describeEntry(entry, extra), ...rest]);
  const directory = Buffer.concat([fields, Buffer.from(entry.name, 'latin1'), extra]);
  const directoryAt = writeZipHead(entry).length + entry.storedBytes;
  return Buffer.concat([directory, writeEnd(directoryAt, directory.length)]);
}

function describeEntry({ name }: ZipEntry, extra: Uint8Array): Fields {
  return [
    ...([
      [2, VERSION],
      [2, ENCRYPTED],
      [2, METHOD_AES],
      [2, 0],
      [2, NO_DATE],
    ] as const),
    // No CRC, as AE-2 has none: it would tell of a short file what is in it.
    ...([
      [4, 0],
      [4, SEE_ZIP64_32],
      [4, SEE_ZIP64_32],
      [2, name.length],
      [2, extra.length],
    ] as const),
  ];
}

/** The lengths, and how it is encrypted: AE-2, AES-256, the file as it is (WinZip, "AES Encryption Information"). */
function writeExtra({ bytes, storedBytes }: ZipEntry): Uint8Array {
  const aes = Buffer.from([0x01, 0x99, 7, 0, 2, 0, 0x41, 0x45, 3, 0, 0]);
  return Buffer.concat([
    pack([
      [2, 1],
      [2, 16],
      [8, bytes],
      [8, storedBytes],
    ]),
    aes,
  ]);
}

function writeEnd(directoryAt: number, directoryBytes: number): Uint8Array {
  const end: Fields = [
    ...([
      [4, 0x06_06_4b_50],
      [8, END_BYTES - 12],
      [2, VERSION],
      [2, VERSION],
      [4, 0],
      [4, 0],
    ] as const),
    ...([
      [8, 1],
      [8, 1],
      [8, directoryBytes],
      [8, directoryAt],
    ] as const),
  ];
  const locator: Fields = [
    [4, 0x07_06_4b_50],
    [4, 0],
    [8, directoryAt + directoryBytes],
    [4, 1],
  ];
  const oldEnd: Fields = [
    ...([
      [4, 0x06_05_4b_50],
      [2, 0],
      [2, 0],
      [2, SEE_ZIP64_16],
      [2, SEE_ZIP64_16],
    ] as const),
    ...([
      [4, SEE_ZIP64_32],
      [4, SEE_ZIP64_32],
      [2, 0],
    ] as const),
  ];
  return pack([...end, ...locator, ...oldEnd]);
}

function pack(fields: Fields): Buffer {
  const packed = Buffer.alloc(fields.reduce((sum, [length]) => sum + length, 0));
  let at = 0;
  for (const [length, value] of fields) {
    if (length === 8) packed.writeBigUInt64LE(BigInt(value), at);
    else packed.writeUIntLE(value, at, length);
    at += length;
  }
  return packed;
}
