import { type ContainerClient, RestError } from '@azure/storage-blob';
import type { Immutability } from '../domain/immutability.ts';

/**
 * How a blob is kept: by its own policy where the container's versions are immutable, else by the container's, of which
 * the blob service tells only that there is one (Azure Storage: get blob properties, get container properties). Throws the
 * service's RestError, but for a refusal: then it is not told.
 */
export async function readImmutability(container: ContainerClient, path: string): Promise<Immutability> {
  try {
    const { immutabilityPolicyMode: mode, immutabilityPolicyExpiresOn: until } = await container
      .getBlockBlobClient(path)
      .getProperties();
    const state = mode?.toLowerCase();
    if (state === 'locked' || state === 'unlocked') return { state, until: until?.toISOString() ?? null };
    const { hasImmutabilityPolicy, hasLegalHold } = await container.getProperties();
    if (hasImmutabilityPolicy === true || hasLegalHold === true) return { state: 'under a policy' };
    return { state: hasImmutabilityPolicy === false ? 'none' : 'not told' };
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 403) return { state: 'not told' };
    throw error;
  }
}
