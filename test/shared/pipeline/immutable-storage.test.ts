import { describe, expect, it, vi } from 'vitest';
import { copyResult } from '../../../shared/pipeline/copy-result.ts';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { seal } from '../../../shared/pipeline/seal.ts';
import { rememberBlobs } from '../../memory/memory-blobs.ts';
import { connectBlobs } from '../../memory/container-on-blobs.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, type World } from '../../memory/world.ts';

// What is imported below are the pipeline's other tests: all of them must hold on immutable storage too.
vi.mock('../../memory/world.ts', async (load) => {
  const real = await load<typeof import('../../memory/world.ts')>();
  const makeImmutable: typeof real.makeWorld = (overrides, limits) => real.makeWorld(overrides, limits, 'immutable');
  return { ...real, makeWorld: makeImmutable };
});
await import('./way-of-an-alert.test.ts');
await import('./check-fixity.test.ts');
await import('./durable.test.ts');
await import('./hard-cases.test.ts');
await import('./sign-package.test.ts');

const [ONE, TWO] = [Buffer.from('one'), Buffer.from('two')];
const TRANSCRIPT = '{"exit_code":0,"script_output":"","script_errors":""}';

describe('containers in memory with an immutability policy', () => {
  it('refuse each second write and each delete with the code of the service, and keep what is there', async () => {
    const blobs = rememberBlobs(() => new Date(), undefined, 'immutable');
    const container = connectBlobs(blobs);
    const blob = container.getBlockBlobClient('a');
    await blob.stageBlock('MQ==', ONE, 3);
    await blob.upload(ONE, 3);
    const refusal = { statusCode: 409, code: 'BlobImmutableDueToPolicy' };
    await expect(blob.upload(TWO, 3)).rejects.toMatchObject(refusal);
    await expect(blob.upload(TWO, 3, { conditions: { ifNoneMatch: '*' } })).rejects.toMatchObject(refusal);
    await expect(blob.stageBlock('Mg==', TWO, 3)).rejects.toMatchObject(refusal);
    await expect(blob.commitBlockList(['MQ=='])).rejects.toMatchObject(refusal);
    await expect(blob.deleteIfExists()).rejects.toMatchObject(refusal);
    expect(blobs.get('a')?.content.toString()).toBe('one');
  });
});

/** A collection whose results have been copied but for what is held back, in its status `copying`. */
async function runToCopying(world: World): Promise<string> {
  const request = { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null };
  const { collection } = await receiveAlert(world.ports, request, 'http');
  await pollMachineActions(world.ports);
  const [action = ''] = world.actions.keys();
  world.results.set(`${action}/0`, TRANSCRIPT).set(`${action}/1`, 'the archive');
  world.endAction(action, 'Succeeded', [
    ['RunScript', 'Completed'],
    ['GetFile', 'Completed'],
  ]);
  world.passTime(15_000);
  await pollMachineActions(world.ports);
  return collection.id;
}

async function show(world: World, id: string) {
  const loaded = await world.ports.collections.load(id);
  if (loaded === null) throw new Error('There is no such collection.');
  return loaded.collection;
}

describe('I5 what immutable storage refuses is taken for a second copy', () => {
  it('of a result whose row was lost: it is compared, noted, and stands', async () => {
    const world = makeWorld();
    const id = await runToCopying(world);
    const key = { session: 0, index: 1 };
    const save = () => Promise.reject(new Error('cut'));
    const cut = { ...world.ports, collections: { ...world.ports.collections, save } };
    await expect(copyResult(cut, id, key)).rejects.toThrow('cut');
    expect(world.blobs.get(`${id}/data/0-1-getfile/content`)).toBe('the archive');
    world.results.set([...world.results.keys()][1] ?? '', 'another archive');
    expect(await copyResult(world.ports, id, key)).toEqual({ copied: 'stored' });
    expect(world.blobs.get(`${id}/data/0-1-getfile/content`)).toBe('the archive');
    expect((await show(world, id)).results[1]).toMatchObject({ status: 'stored', item: { bytes: 11 } });
  });

  it('of two copies at once: both end well, and one of them has written', async () => {
    const world = makeWorld();
    const id = await runToCopying(world);
    const request = { askForLink: () => world.ports.defender.getResultLink([...world.actions.keys()][0] ?? '', 1) };
    const copies = await Promise.all(
      [1, 2, 3].map(() => world.ports.evidence.copyResult(id, 'data/0-1-getfile/content', request)),
    );
    expect(new Set(copies.map((copy) => (copy.outcome === 'stored' ? copy.item.sha256 : copy.reason))).size).toBe(1);
    expect(copies.every(({ outcome }) => outcome === 'stored')).toBe(true);
  });

  it('of a seal that is made again from the beginning: the same package, byte for byte', async () => {
    const world = makeWorld();
    const id = await runToCopying(world);
    const cut = {
      ...world.ports,
      evidence: { ...world.ports.evidence, putText: () => Promise.reject(new Error('cut')) },
    };
    for (const index of [0, 1]) await copyResult(cut, id, { session: 0, index });
    await pollMachineActions(cut);
    const sealing = await show(world, id);
    if (sealing.status !== 'sealing') throw new Error(`It is ${sealing.status}.`);
    await seal(world.ports, sealing);
    const before = new Map(world.blobs);
    expect((await show(world, id)).status).toBe('collected');
    await seal({ ...world.ports, version: '9.9.9' }, sealing);
    expect(new Map(world.blobs)).toEqual(before);
    expect(before.has(`${id}/signature.jws`)).toBe(true);
    expect(before.get(`${id}/bag-info.txt`)).toContain('\nImmutability: by a policy of the container');
  });
});
