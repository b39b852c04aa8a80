import { randomUUID } from 'node:crypto';
import { type ContainerClient, RestError } from '@azure/storage-blob';
import { refusesSecondWrite } from '../../shared/evidence/put-once.ts';
import { adviseOnRefusal, describeFault } from './describe-fault.ts';
import { type Finding, ok, wrong } from './finding.ts';
import { judgeImmutability } from './judge-immutability.ts';
import { longest } from './longest.ts';

/** Which setting and role a container stands on, and by what it is reached. */
export interface ContainerPlace {
  readonly setting: 'StateStorage' | 'EvidenceStorage';
  readonly role: string;
  readonly by: 'connection string' | 'identity';
}

const BYTE = new Uint8Array([10]);

/**
 * Whether a container is there and may be written to. What is written is one block that is never committed: it is no
 * blob, no event tells of it, and the service drops it within a week (Azure Storage: Put Block).
 */
export async function checkContainer(container: ContainerClient, place: ContainerPlace): Promise<readonly Finding[]> {
  const check = `${place.setting === 'StateStorage' ? 'state' : 'evidence'}: ${container.containerName}`;
  const rights = `Give the identity ${place.role} on the container, or correct ${place.setting}.`;
  let isImmutable: boolean;
  try {
    const { hasImmutabilityPolicy, isImmutableStorageWithVersioningEnabled } = await container.getProperties(longest());
    isImmutable = hasImmutabilityPolicy === true || isImmutableStorageWithVersioningEnabled === true;
    const probe = container.getBlockBlobClient(`doctor/${randomUUID()}`);
    await probe.stageBlock(Buffer.from('probe').toString('base64'), BYTE, BYTE.length, longest());
  } catch (fault) {
    if (fault instanceof RestError && fault.statusCode === 404)
      return [
        wrong(
          check,
          `There is no container ${container.containerName}.`,
          'Deploy infra/main.bicep, or start the app once: it makes the container where it may.',
        ),
      ];
    return [
      wrong(check, `It cannot be read or written. ${describeFault(fault)}`, adviseOnRefusal(fault, place.by, rights)),
    ];
  }
  const there = ok(check, 'It is there, and may be written to.');
  if (place.setting === 'StateStorage') return [there];
  const policy = isImmutable ? 'there' : 'none';
  return [
    there,
    judgeImmutability(`${check}, immutability`, container.url, policy),
    await checkOnce(`${check}, written once`, container, place, policy),
  ];
}

/** That a second write of a blob is refused; tried only where what was written can be deleted again. */
async function checkOnce(
  name: string,
  container: ContainerClient,
  { by }: ContainerPlace,
  policy: 'there' | 'none',
): Promise<Finding> {
  if (policy === 'there' || by === 'identity')
    return ok(name, 'Not tried, as a blob could not be deleted again; the service itself refuses a second write.');
  const blob = container.getBlockBlobClient(`doctor/${randomUUID()}`);
  const once = { conditions: { ifNoneMatch: '*' } };
  try {
    await blob.upload(BYTE, BYTE.length, { ...once, ...longest() });
    const second = await blob.upload(BYTE, BYTE.length, { ...once, ...longest() }).then(
      () => 'taken' as const,
      (fault: unknown) => (refusesSecondWrite(fault) ? ('refused' as const) : Promise.reject(fault)),
    );
    await blob.delete(longest());
    if (second === 'refused') return ok(name, 'A second write of a blob is refused.');
    return wrong(
      name,
      'A blob was overwritten.',
      'Use Azure Storage itself: what stands in for it ignores If-None-Match.',
    );
  } catch (fault) {
    return wrong(name, `It could not be tried. ${describeFault(fault)}`, 'Correct EvidenceStorage.');
  }
}
