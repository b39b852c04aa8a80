import { createHash } from 'node:crypto';
import { RestError, type ContainerClient } from '@azure/storage-blob';
import { readWhole } from './read-evidence.ts';

/** What a blob holds now: what was given (`written`), or what it held before (`already there`). */
export interface PutAnswer {
  readonly outcome: 'written' | 'already there';
  readonly sha256: string;
  readonly bytes: number;
  readonly content: Uint8Array;
}

/** The longest blob that is read back when it is there already. */
const MAX_STORED_BYTES = 64 * 1024 * 1024;

/** Writes a blob unless it exists; one that exists stands and is read back. The service checks what arrives against its MD5. Throws the service's RestError. */
export async function putOnce(
  container: ContainerClient,
  path: string,
  bytes: Uint8Array,
  contentType: string,
): Promise<PutAnswer> {
  try {
    await container.getBlockBlobClient(path).upload(bytes, bytes.length, {
      conditions: { ifNoneMatch: '*' },
      transactionalContentMD5: createHash('md5').update(bytes).digest(),
      blobHTTPHeaders: { blobContentType: contentType },
    });
    return describe('written', bytes);
  } catch (error) {
    if (!refusesSecondWrite(error)) throw error;
    const stored = await readWhole(container, path, MAX_STORED_BYTES);
    switch (stored.outcome) {
      case 'read':
        return describe('already there', stored.content);
      case 'not found':
        throw error;
      case 'too large':
        throw new Error(
          `The blob ${path} exists already with ${stored.bytes} bytes, more than is read back (${MAX_STORED_BYTES}). It was left as it is; look who wrote it.`,
        );
      default: {
        const unknown: never = stored;
        throw new Error(`Unknown reading ${String(unknown)}.`);
      }
    }
  }
}

/** True for the refusals of a second write: 409 BlobAlreadyExists, 409 BlobImmutableDueToPolicy, 412 ConditionNotMet (Azure Storage: blob error codes). */
export function refusesSecondWrite(error: unknown): boolean {
  return error instanceof RestError && (error.statusCode === 409 || error.statusCode === 412);
}

function describe(outcome: PutAnswer['outcome'], content: Uint8Array): PutAnswer {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { outcome, sha256, bytes: content.length, content };
}
