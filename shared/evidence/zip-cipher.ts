import { createCipheriv, createHmac, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';

/** Encrypts a file for a zip, piece by piece in order, and tells at its end by what a change is found. */
export interface ZipCipher {
  /** What a reader compares with its own password before it begins: two bytes. */
  readonly check: Uint8Array;
  readonly encrypt: (piece: Uint8Array) => Uint8Array;
  /** The first ten bytes of the HMAC-SHA1 over all that was encrypted. */
  readonly finish: () => Uint8Array;
}

/** Bytes of the salt that AES-256 takes. */
export const SALT_BYTES = 16;
/** How much longer a file is when it is encrypted: salt, check and HMAC. */
export const CIPHER_BYTES = SALT_BYTES + 2 + 10;

const [KEY_BYTES, ROUNDS, BLOCK_BYTES] = [32, 1_000, 16];

/**
 * AES-256 as WinZip's AE-2 has it: keys by PBKDF2 (HMAC-SHA1, 1,000 rounds) of a password and a salt, and a counter that is
 * little-endian and begins at 1, which no mode of OpenSSL has: so its blocks are encrypted one by one (ECB) and joined to
 * the text. Source: https://www.winzip.com/en/support/aes-encryption/
 */
export async function openZipCipher(password: string, salt: Uint8Array): Promise<ZipCipher> {
  const keys = await promisify(pbkdf2)(password, salt, ROUNDS, 2 * KEY_BYTES + 2, 'sha1');
  const aes = createCipheriv('aes-256-ecb', keys.subarray(0, KEY_BYTES), null).setAutoPadding(false);
  const hmac = createHmac('sha1', keys.subarray(KEY_BYTES, 2 * KEY_BYTES));
  let block = 1;
  let left: Uint8Array = new Uint8Array(0);

  /** The next so many bytes to join, with what was left of the block before. */
  function takeStream(bytes: number): Uint8Array {
    const blocks = Math.max(0, Math.ceil((bytes - left.length) / BLOCK_BYTES));
    const counters = Buffer.alloc(blocks * BLOCK_BYTES);
    for (let index = 0; index < blocks; index += 1) counters.writeUIntLE(block + index, index * BLOCK_BYTES, 6);
    block += blocks;
    const stream = Buffer.concat([left, aes.update(counters)]);
    left = stream.subarray(bytes);
    return stream.subarray(0, bytes);
  }

  return {
    check: keys.subarray(2 * KEY_BYTES),
    encrypt(piece) {
      const joined = takeStream(piece.length);
      for (let index = 0; index < piece.length; index += 1) joined[index] = (joined[index] ?? 0) ^ (piece[index] ?? 0);
      hmac.update(joined);
      return joined;
    },
    finish: () => hmac.digest().subarray(0, 10),
  };
}
