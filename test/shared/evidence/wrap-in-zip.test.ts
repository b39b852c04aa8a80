import { randomBytes } from 'node:crypto';
import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { wrapInZip } from '../../../shared/evidence/wrap-in-zip.ts';

const AT = new Date('2026-11-21T08:00:00.000Z');
const NAME = `${'c'.repeat(32)}_data_0-1-getfile_content.evidence`;

async function* cut(content: Uint8Array, pieceBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += pieceBytes) yield content.subarray(at, at + pieceBytes);
}

async function readAll(content: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What another's reader of zips finds: the only entry, which it decrypts with that password, and checks. */
async function unzip(zip: Uint8Array, password: string) {
  const reader = new ZipReader(new Uint8ArrayReader(zip), { checkSignature: true, useWebWorkers: false });
  const [entry, ...others] = await reader.getEntries();
  if (entry === undefined || entry.directory || others.length > 0) throw new Error('It holds not one file.');
  const content = await entry.getData(new Uint8ArrayWriter(), { password });
  return { entry, content: Buffer.from(content) };
}

describe('a file in an encrypted zip', () => {
  it.each([
    [0, 16],
    [1, 1],
    [15, 16],
    [16, 16],
    [17, 16],
    [100_000, 7],
    [100_000, 4_096],
    [100_003, 65_536],
    [3_000_000, 65_537],
  ])('of %i bytes that come %i at a time is read by another’s reader', async (bytes, pieceBytes) => {
    const content = randomBytes(bytes);
    const written = await readAll(wrapInZip({ content: cut(content, pieceBytes), bytes }, NAME, AT));
    const found = await unzip(written, 'infected');
    expect(found.entry).toMatchObject({ filename: NAME, encrypted: true, zip64: true, uncompressedSize: bytes });
    expect(found.entry.extraFieldAES).toMatchObject({ strength: 3, vendorVersion: 2, compressionMethod: 0 });
    expect(found.content.equals(content)).toBe(true);
  });

  it('is not read with another password, nor after a bit was changed', async () => {
    const content = randomBytes(1_000);
    const write = () => readAll(wrapInZip({ content: cut(content, 64), bytes: 1_000 }, NAME, AT));
    // Of one salt in 65,536 another password has the same two bytes of check; then its end is found not to fit.
    await expect(unzip(await write(), 'Infected')).rejects.toThrow(/password|authentication/i);
    const changed = await write();
    changed[500] = (changed[500] ?? 0) ^ 1;
    await expect(unzip(changed, 'infected')).rejects.toThrow(/authentication/i);
  });

  it('shows nothing of what is in it: not its bytes, and of two zips of one file no bytes in common', async () => {
    const content = Buffer.alloc(4_096, 'evidence');
    const write = () => readAll(wrapInZip({ content: cut(content, 4_096), bytes: 4_096 }, NAME, AT));
    const [one, other] = [await write(), await write()];
    expect(one.includes('evidence', 200)).toBe(true);
    const inside = (zip: Buffer) => zip.subarray(30 + NAME.length + 31, -200);
    expect(inside(one).includes('evidence')).toBe(false);
    expect(inside(one).subarray(0, 64).equals(inside(other).subarray(0, 64))).toBe(false);
  });

  it('takes no more than 4 MiB ahead of what is given on', async () => {
    let taken = 0;
    async function* content() {
      for (; taken < 400; taken += 1) yield Buffer.alloc(65_536);
    }
    let givenBytes = 0;
    for await (const piece of wrapInZip({ content: content(), bytes: 400 * 65_536 }, NAME, AT)) {
      expect(taken * 65_536 - givenBytes).toBeLessThanOrEqual(64 * 65_536);
      givenBytes += piece.length;
    }
    expect(taken).toBe(400);
  });

  it('lets go of the file when whoever asked for it leaves', async () => {
    let file: 'open' | 'let go' = 'open';
    async function* content() {
      try {
        for (;;) yield Buffer.alloc(1_000);
      } finally {
        file = 'let go';
      }
    }
    const pieces = wrapInZip({ content: content(), bytes: 1_000_000 }, NAME, AT);
    let given = 0;
    for await (const _ of pieces) {
      given += 1;
      if (given === 3) break;
    }
    expect(file).toBe('let go');
  });

  it.each([
    ['shorter', 999],
    ['longer', 1_001],
  ])('breaks off when the file is %s than it said', async (_, bytes) => {
    const zip = wrapInZip({ content: cut(randomBytes(bytes), 100), bytes: 1_000 }, NAME, AT);
    await expect(readAll(zip)).rejects.toThrow(/^A file of 1000 bytes gave \d+; ask for it again\.$/);
  });
});
