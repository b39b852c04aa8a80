import { type ContainerClient, RestError } from '@azure/storage-blob';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImmutability } from '../../../shared/evidence/read-immutability.ts';
import { startStorage, type TestStorage } from './start-storage.ts';

let storage: TestStorage;
beforeAll(async () => {
  storage = await startStorage();
  await storage.container.getBlockBlobClient('a/manifest-sha256.txt').upload('x', 1);
});
afterAll(() => storage.close());

/** A container that answers so; the emulator knows no policies. */
function answer(blob: object, container: object): ContainerClient {
  const client = {
    getBlockBlobClient: () => ({ getProperties: async () => blob }),
    getProperties: async () => container,
  };
  return client as unknown as ContainerClient;
}

const until = new Date('2027-11-21T00:00:00.000Z');
const NO_POLICY = { hasImmutabilityPolicy: false, hasLegalHold: false };

describe('how a blob is kept', () => {
  it.each([
    ['its own locked policy', { immutabilityPolicyMode: 'Locked', immutabilityPolicyExpiresOn: until }, NO_POLICY],
    ['its own unlocked policy', { immutabilityPolicyMode: 'Unlocked', immutabilityPolicyExpiresOn: until }, NO_POLICY],
  ])('%s, until its time', async (_name, blob, container) => {
    const state = blob.immutabilityPolicyMode.toLowerCase();
    expect(await readImmutability(answer(blob, container), 'x')).toEqual({ state, until: until.toISOString() });
  });

  it.each([
    ['a policy of the container', { hasImmutabilityPolicy: true, hasLegalHold: false }, 'under a policy'],
    ['a legal hold', { hasImmutabilityPolicy: false, hasLegalHold: true }, 'under a policy'],
    ['no policy', NO_POLICY, 'none'],
    ['a service that does not say', {}, 'not told'],
  ])('%s', async (_name, container, state) => {
    expect(await readImmutability(answer({}, container), 'x')).toEqual({ state });
  });

  it('by the emulator, which has no policies', async () => {
    expect(await readImmutability(storage.container, 'a/manifest-sha256.txt')).toEqual({ state: 'none' });
  });

  it('where it may not be asked, it is not told; another fault is one', async () => {
    const refused = await storage.behind(() => ({ status: 403, code: 'AuthorizationPermissionMismatch' }));
    expect(await readImmutability(refused, 'a/manifest-sha256.txt')).toEqual({ state: 'not told' });
    await expect(readImmutability(storage.container, 'a/absent')).rejects.toBeInstanceOf(RestError);
  });
});
