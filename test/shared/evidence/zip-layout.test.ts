import { Reader, ZipReader } from '@zip.js/zip.js';
import { expect, it } from 'vitest';
import { writeZipHead, writeZipTail } from '../../../shared/evidence/zip-layout.ts';

const GIB = 1024 ** 3;

/** A zip of which only beginning and end are there; what is between is asked for by nobody. */
class HollowZip extends Reader<null> {
  readonly #head: Uint8Array;
  readonly #tail: Uint8Array;

  constructor(head: Uint8Array, storedBytes: number, tail: Uint8Array) {
    super(null);
    this.#head = head;
    this.#tail = tail;
    this.size = head.length + storedBytes + tail.length;
  }

  override async readUint8Array(at: number, length: number): Promise<Uint8Array> {
    const read = Buffer.alloc(Math.min(length, this.size - at));
    const tailAt = this.size - this.#tail.length;
    for (const [from, bytes] of [
      [0, this.#head],
      [tailAt, this.#tail],
    ] as const) {
      for (let index = Math.max(0, at - from); index < bytes.length && from + index < at + read.length; index += 1)
        read[from + index - at] = bytes[index] ?? 0;
    }
    return read;
  }
}

it.each([0, 4 * GIB - 1, 4 * GIB, 5 * GIB + 7, 300 * GIB])(
  'a file of %i bytes is found at its length',
  async (bytes) => {
    const entry = { name: 'content.evidence', bytes, storedBytes: bytes + 28 };
    const zip = new HollowZip(writeZipHead(entry), entry.storedBytes, writeZipTail(entry));
    const entries = await new ZipReader(zip).getEntries();
    expect(entries).toMatchObject([
      { filename: 'content.evidence', uncompressedSize: bytes, compressedSize: bytes + 28, offset: 0, encrypted: true },
    ]);
  },
);

it('says the same at its beginning as in its directory', () => {
  const entry = { name: 'content.evidence', bytes: 5 * GIB, storedBytes: 5 * GIB + 28 };
  const [head, tail] = [Buffer.from(writeZipHead(entry)), Buffer.from(writeZipTail(entry))];
  expect(head.subarray(4, 30)).toEqual(tail.subarray(6, 32));
  expect(head.subarray(30)).toEqual(tail.subarray(46, 46 + head.length - 30));
});
