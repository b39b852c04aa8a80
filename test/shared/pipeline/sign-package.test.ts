import { describe, expect, it } from 'vitest';
import { pollMachineActions } from '../../../shared/pipeline/poll-machine-actions.ts';
import type { Ports } from '../../../shared/pipeline/ports.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld, sha256Of, type World } from '../../memory/world.ts';

/** An alert whose collection comes to its seal at the next poll, as Defender refuses its live response. */
async function receive(world: World): Promise<string> {
  world.startAnswers.push({ outcome: 'refused', reason: 'No.' });
  const { collection } = await receiveAlert(
    world.ports,
    { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null },
    'http',
  );
  return collection.id;
}

async function show(world: World, id: string) {
  const loaded = await world.ports.collections.load(id);
  if (loaded === null) throw new Error('no such collection');
  return loaded.collection;
}

function read(world: World, id: string, path: string): string {
  const text = world.blobs.get(`${id}/${path}`);
  if (text === undefined) throw new Error(`There is no ${path}.`);
  return text;
}

const away = () => Promise.reject(new Error('The vault is away.'));

/** The ports with one call that fails: the nth call of a method of the evidence or signing port, before it does anything or after it has. */
function failing(ports: Ports, method: 'putText' | 'sign', nth: number, when: 'before' | 'after'): Ports {
  let calls = 0;
  const fail = async <T>(work: () => Promise<T>): Promise<T> => {
    calls += 1;
    if (calls !== nth) return work();
    if (when === 'after') await work();
    throw new Error('cut');
  };
  const { evidence, signing } = ports;
  switch (method) {
    case 'putText':
      return { ...ports, evidence: { ...evidence, putText: (...args) => fail(() => evidence.putText(...args)) } };
    case 'sign':
      return { ...ports, signing: { ...signing, sign: (statement) => fail(() => signing.sign(statement)) } };
    default: {
      const unknown: never = method;
      throw new Error(`Unknown method ${String(unknown)}.`);
    }
  }
}

describe('a package that is signed', () => {
  it('is signed over what is stored, and ends after that', async () => {
    const world = makeWorld();
    const id = await receive(world);
    const statusAtSigning: string[] = [];
    const sign: Ports['signing']['sign'] = async (statement) => {
      statusAtSigning.push((await show(world, id)).status);
      expect(world.blobs.has(`${id}/tagmanifest-sha256.txt`)).toBe(true);
      return world.ports.signing.sign(statement);
    };
    await pollMachineActions({ ...world.ports, signing: { practice: 'signed', sign } });
    expect(statusAtSigning).toEqual(['sealing']);
    expect((await show(world, id)).status).toBe('failed');
    const lastLine = read(world, id, 'custody.jsonl').trimEnd().split('\n').at(-1) ?? '';
    const statement = {
      collection: id,
      tagmanifestSha256: sha256Of(read(world, id, 'tagmanifest-sha256.txt')),
      custodyHead: sha256Of(lastLine),
    };
    expect(read(world, id, 'signature.jws')).toBe(`1.${JSON.stringify(statement)}`);
    expect(read(world, id, 'bag-info.txt')).toContain('Package-Signature: signature.jws (JWS, ES256)\n');
    expect(read(world, id, 'tagmanifest-sha256.txt')).not.toContain('signature.jws');
  });

  it('waits while the key cannot be used, with the reason, and is whole once it can', async () => {
    const world = makeWorld();
    const id = await receive(world);
    const signing: Ports['signing'] = { practice: 'signed', sign: away };
    for (let polls = 0; polls < 5; polls += 1) {
      await pollMachineActions({ ...world.ports, signing });
      world.passTime(300_000);
    }
    expect(await show(world, id)).toMatchObject({ status: 'sealing', reason: 'The vault is away.' });
    expect(world.blobs.has(`${id}/signature.jws`)).toBe(false);
    await pollMachineActions(world.ports);
    expect(await show(world, id)).toMatchObject({
      status: 'failed',
      sealed: { tagmanifestSha256: expect.any(String) },
    });
    expect(read(world, id, 'signature.jws')).toMatch(/^1\./);
  });

  it('ends for the reason it had before the key could not be used', async () => {
    const [undisturbed, disturbed] = [makeWorld(), makeWorld()];
    const before = await receive(undisturbed);
    await pollMachineActions(undisturbed.ports);
    const after = await receive(disturbed);
    await pollMachineActions({ ...disturbed.ports, signing: { practice: 'signed', sign: away } });
    disturbed.passTime(300_000);
    await pollMachineActions(disturbed.ports);
    const { reason } = await show(undisturbed, before);
    expect(reason).toMatch(/./);
    expect(await show(disturbed, after)).toMatchObject({ status: 'failed', reason });
  });

  it('I5: keeps the signature that was stored first, and asks no key for another', async () => {
    const world = makeWorld();
    const id = await receive(world);
    let cuts = 1;
    const save: Ports['collections']['save'] = async (loaded, next, lines) => {
      if (next.status === 'failed' && cuts > 0) {
        cuts -= 1;
        throw new Error('cut');
      }
      return world.ports.collections.save(loaded, next, lines);
    };
    await pollMachineActions({ ...world.ports, collections: { ...world.ports.collections, save } });
    expect((await show(world, id)).status).toBe('sealing');
    const first = read(world, id, 'signature.jws');
    world.passTime(60_000);
    await pollMachineActions({ ...world.ports, signing: { practice: 'signed', sign: away } });
    expect((await show(world, id)).status).toBe('failed');
    expect(read(world, id, 'signature.jws')).toBe(first);
  });

  it('I5: of two seals at once the signature of one stands', async () => {
    const world = makeWorld();
    const id = await receive(world);
    await pollMachineActions({ ...world.ports, signing: { practice: 'signed', sign: away } });
    world.passTime(60_000);
    await Promise.all([pollMachineActions(world.ports), pollMachineActions(world.ports)]);
    expect((await show(world, id)).status).toBe('failed');
    const statement = read(world, id, 'signature.jws').replace(/^\d\./, '');
    expect(JSON.parse(statement)).toMatchObject({
      tagmanifestSha256: sha256Of(read(world, id, 'tagmanifest-sha256.txt')),
    });
  });

  it.each(
    (['before', 'after'] as const).flatMap((when) => [
      ...Array.from({ length: 12 }, (_, at) => ['putText', at + 1, when] as const),
      ['sign', 1, when] as const,
    ]),
  )('is the same when its seal is cut at %s number %d, %s it is done', async (method, nth, when) => {
    const world = makeWorld();
    const id = await receive(world);
    const cut = failing(world.ports, method, nth, when);
    for (let polls = 0; polls < 3; polls += 1) {
      await pollMachineActions(cut);
      world.passTime(60_000);
    }
    expect(await show(world, id)).toMatchObject({ status: 'failed', sealed: { sealedAt: expect.any(String) } });
    const { custodyHead, tagmanifestSha256 } = JSON.parse(read(world, id, 'signature.jws').replace(/^\d\./, ''));
    expect(tagmanifestSha256).toBe(sha256Of(read(world, id, 'tagmanifest-sha256.txt')));
    expect(custodyHead).toBe(sha256Of(read(world, id, 'custody.jsonl').trimEnd().split('\n').at(-1) ?? ''));
  });
});

describe('a package where no key is set', () => {
  it('is sealed unsigned, and says so', async () => {
    const world = makeWorld();
    const id = await receive(world);
    await pollMachineActions({ ...world.ports, signing: { practice: 'unsigned', sign: away } });
    expect((await show(world, id)).status).toBe('failed');
    expect(world.blobs.has(`${id}/signature.jws`)).toBe(false);
    expect(read(world, id, 'bag-info.txt')).toContain('\nPackage-Signature: none, as no signing key was set');
  });

  it('stays unsigned as it says, when a key is set before its seal is done', async () => {
    const world = makeWorld();
    const id = await receive(world);
    const unsigned: Ports = { ...world.ports, signing: { practice: 'unsigned', sign: away } };
    const cut = { ...unsigned.evidence };
    const { putText } = cut;
    cut.putText = async (collectionId, path, text) => {
      if (path === 'tagmanifest-sha256.txt') throw new Error('cut');
      return putText(collectionId, path, text);
    };
    await pollMachineActions({ ...unsigned, evidence: cut });
    world.passTime(60_000);
    await pollMachineActions(world.ports);
    expect((await show(world, id)).status).toBe('failed');
    expect(read(world, id, 'bag-info.txt')).toContain('Package-Signature: none');
    expect(world.blobs.has(`${id}/signature.jws`)).toBe(false);
  });

  it('waits for the key when it says that it is signed, and the setting was taken away meanwhile', async () => {
    const world = makeWorld();
    const id = await receive(world);
    await pollMachineActions({ ...world.ports, signing: { practice: 'signed', sign: away } });
    world.passTime(60_000);
    await pollMachineActions({ ...world.ports, signing: { practice: 'unsigned', sign: away } });
    expect((await show(world, id)).status).toBe('sealing');
    world.passTime(60_000);
    await pollMachineActions(world.ports);
    expect((await show(world, id)).status).toBe('failed');
    expect(read(world, id, 'signature.jws')).toMatch(/^1\./);
  });
});
