import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SigningError } from './signing-error.ts';
import type { KeyKeeper, OpenKey } from './signing.ts';

/**
 * A key in a PEM file, for runs on one's own machine: it is made when it is first needed. It lies in a file and not in
 * memory so that packages of earlier runs still fit a published key, and that several instances have the same one.
 */
export function keepKeyInFile(path: string): KeyKeeper {
  let read: Promise<KeyObject> | null = null;
  const open = async (): Promise<OpenKey> => {
    read ??= readOrMake(path).catch((fault: unknown) => {
      read = null;
      throw fault;
    });
    const key = await read;
    return {
      publicKey: pickPublic(key),
      sign: async (input) => sign('sha256', input, { key, dsaEncoding: 'ieee-p1363' }),
    };
  };
  return { open, listPublicKeys: async () => [(await open()).publicKey] };
}

async function readOrMake(path: string): Promise<KeyObject> {
  try {
    const key = createPrivateKey((await readFile(path).catch(ifAbsent)) ?? (await make(path)));
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch (fault) {
    if (isSystemFault(fault))
      throw new SigningError(
        'signing-key-missing',
        `The file of SIGNING_KEY_ID cannot be read or made (${fault.code}). Give a path that the app may write to.`,
      );
  }
  throw new SigningError(
    'signing-key-unfit',
    'The file of SIGNING_KEY_ID holds no private key on P-256 in PEM form. Remove it, and a new one is made.',
  );
}

/** Makes a key; of several that try at once one wins, and all go on with its key, of which nobody ever sees a half. */
async function make(path: string): Promise<Buffer> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const draft = `${path}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
    await link(draft, path).catch((fault: unknown) => {
      if (!isSystemFault(fault) || fault.code !== 'EEXIST') throw fault;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path);
}

function pickPublic(key: KeyObject): unknown {
  const { kty, crv, x, y } = key.export({ format: 'jwk' });
  return { kty, crv, x, y };
}

function ifAbsent(fault: unknown): null {
  if (isSystemFault(fault) && fault.code === 'ENOENT') return null;
  throw fault;
}

function isSystemFault(fault: unknown): fault is Error & { readonly code: string } {
  return fault instanceof Error && 'syscall' in fault && 'code' in fault && typeof fault.code === 'string';
}
