import { describe, expect, it } from 'vitest';
import type { Caller } from '../../../shared/domain/caller.ts';
import { openEvidence, type OpenFile } from '../../../shared/pipeline/open-evidence.ts';
import { makeWorld, type World } from '../../memory/world.ts';
import { collectOnce, readLog } from './collect-once.ts';

const REPORT = 'report.html';
const CALLER: Caller = { id: 'app 7f3c', standing: 'submitter' };

/** Opens what lies in the memory's evidence container, as the storage adapter does. */
function openFrom(world: World): { readonly open: OpenFile; readonly dropped: string[] } {
  const dropped: string[] = [];
  const open: OpenFile = async (collectionId, path) => {
    const text = world.blobs.get(`${collectionId}/${path}`);
    if (text === undefined) return { outcome: 'not found' };
    const content = (async function* () {
      yield new TextEncoder().encode(text);
    })();
    return { outcome: 'opened', content, bytes: Buffer.byteLength(text), drop: () => dropped.push(path) };
  };
  return { open, dropped };
}

function openBy(world: World, id: string, caller = 'app 7f3c', open = openFrom(world).open) {
  const wanted = { collectionId: id, path: REPORT, wrapped: 'as it is' } as const;
  return openEvidence(world.ports, open, wanted, { ...CALLER, id: caller });
}

describe('opening a file of a sealed package', () => {
  it('is the next entry of the chain and a blob of its own, and the package stays as it is', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const packed = [...world.blobs].filter(([name]) => name.startsWith(`${id}/`));
    const before = await readLog(world, id);
    expect(await openBy(world, id)).toMatchObject({ outcome: 'opened' });
    const after = await readLog(world, id);
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatchObject({
      event: 'exported',
      actor: 'http',
      caller: 'app 7f3c',
      detail: { path: REPORT, wrapped: 'as it is' },
    });
    expect(JSON.parse(world.blobs.get(`custody:${id}/${after.length}.json`) ?? '')).toEqual(after.at(-1));
    expect([...world.blobs].filter(([name]) => name.startsWith(`${id}/`))).toEqual(packed);
    expect((await world.ports.collections.load(id))?.collection).toMatchObject({
      status: 'collected',
      custody: { count: after.length },
    });
  });

  it('lets go of the file when it cannot be noted, and the next opening writes the blob that was cut short', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const evidence = { ...world.ports.evidence, putCustodyLine: () => Promise.reject(new Error('cut')) };
    const { open, dropped } = openFrom(world);
    const wanted = { collectionId: id, path: REPORT, wrapped: 'as it is' } as const;
    await expect(openEvidence({ ...world.ports, evidence }, open, wanted, CALLER)).rejects.toThrow('cut');
    expect(dropped).toEqual([REPORT]);
    const { length } = await readLog(world, id);
    expect(world.blobs.has(`custody:${id}/${length}.json`)).toBe(false);
    await openBy(world, id, 'key');
    expect(world.blobs.has(`custody:${id}/${length}.json`)).toBe(true);
  });

  it('notes nothing of a file that is not there', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const before = await readLog(world, id);
    const wanted = { collectionId: id, path: 'nothing', wrapped: 'as it is' } as const;
    expect(await openEvidence(world.ports, openFrom(world).open, wanted, CALLER)).toEqual({ outcome: 'not found' });
    expect(await readLog(world, id)).toEqual(before);
  });
});
