import { calculateJwkThumbprint } from 'jose';
import * as z from 'zod';
import { thumbprintSchema } from '../../shared/domain/signature.ts';

/** The thumbprints of keys that were had elsewhere, or the end of a sentence about why there are none. */
export type PinReading =
  | { readonly outcome: 'read'; readonly pins: readonly string[] }
  | { readonly outcome: 'fault'; readonly fault: string };

const keySchema = z.object({ kty: z.literal('EC'), crv: z.literal('P-256'), x: z.string(), y: z.string() });
const setSchema = z.object({ keys: z.array(z.unknown()) });

/** Reads a JWK, or a JWK set such as `GET /api/keys` answers (RFC 7517, 4 and 5). What it gives as `kid` is not believed. */
export async function readKeys(text: string): Promise<PinReading> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { outcome: 'fault', fault: 'is no JSON' };
  }
  const set = setSchema.safeParse(value);
  const keys = (set.success ? set.data.keys : [value]).flatMap((key) => {
    const read = keySchema.safeParse(key);
    return read.success ? [read.data] : [];
  });
  if (keys.length === 0) return { outcome: 'fault', fault: 'holds no public key on P-256 as a JWK' };
  return { outcome: 'read', pins: await Promise.all(keys.map((key) => calculateJwkThumbprint(key))) };
}

/** Reads a key's thumbprint (RFC 7638). */
export function readFingerprint(text: string): PinReading {
  return thumbprintSchema.safeParse(text).success
    ? { outcome: 'read', pins: [text] }
    : { outcome: 'fault', fault: "is no thumbprint of a key, which is 43 characters such as a signature's kid" };
}
