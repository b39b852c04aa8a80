import { describe, expect, it } from 'vitest';
import { noteOpening } from '../../../shared/pipeline/note-opening.ts';
import { receiveAlert } from '../../../shared/pipeline/receive-alert.ts';
import { ALERT_ID, MACHINE_ID } from '../../memory/samples.ts';
import { makeWorld } from '../../memory/world.ts';
import { collectOnce, readLog } from './collect-once.ts';

const OPENING = { file: 'report.html', by: 'http' };

describe('opening a file of a sealed package', () => {
  it('is the next entry of the chain and a blob of its own, and the package stays as it is', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const packed = [...world.blobs].filter(([name]) => name.startsWith(`${id}/`));
    const before = await readLog(world, id);
    expect(await noteOpening(world.ports, id, { ...OPENING, caller: 'app 7f3c' })).toEqual({
      noted: 'noted',
      number: before.length + 1,
    });
    const after = await readLog(world, id);
    expect(after.slice(0, -1)).toEqual(before);
    expect(after.at(-1)).toMatchObject({
      event: 'opened',
      actor: 'http',
      caller: 'app 7f3c',
      detail: { file: 'report.html' },
    });
    expect(JSON.parse(world.blobs.get(`custody:${id}/${after.length}.json`) ?? '')).toEqual(after.at(-1));
    expect([...world.blobs].filter(([name]) => name.startsWith(`${id}/`))).toEqual(packed);
    expect((await world.ports.collections.load(id))?.collection).toMatchObject({
      status: 'collected',
      custody: { count: after.length },
    });
  });

  it('again within ten minutes is one opening; by another, of another file, or later it is another', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const first = await noteOpening(world.ports, id, OPENING);
    world.passTime(9 * 60_000);
    expect(await noteOpening(world.ports, id, OPENING)).toEqual(first);
    await noteOpening(world.ports, id, { ...OPENING, caller: 'key' });
    await noteOpening(world.ports, id, { ...OPENING, file: 'data/0-1-getfile/content' });
    world.passTime(2 * 60_000);
    await noteOpening(world.ports, id, OPENING);
    expect((await readLog(world, id)).filter(({ event }) => event === 'opened')).toHaveLength(4);
  });

  it('ten at once by ten callers are ten entries without a gap', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const opened = await Promise.all(
      Array.from({ length: 10 }, (_, caller) => noteOpening(world.ports, id, { ...OPENING, caller: `app ${caller}` })),
    );
    const numbers = opened.map((noted) => (noted.noted === 'noted' ? noted.number : 0)).sort((a, b) => a - b);
    expect(new Set(numbers).size).toBe(10);
    const log = await readLog(world, id);
    for (const number of numbers) expect(world.blobs.has(`custody:${id}/${number}.json`)).toBe(true);
    expect(log).toHaveLength(numbers.at(-1) ?? 0);
  });

  it('a blob that was not written, as its instance was cut short, is written by the next', async () => {
    const world = makeWorld();
    const id = await collectOnce(world);
    const evidence = { ...world.ports.evidence, putCustodyLine: () => Promise.reject(new Error('cut')) };
    await expect(noteOpening({ ...world.ports, evidence }, id, OPENING)).rejects.toThrow('cut');
    const { length } = await readLog(world, id);
    expect(world.blobs.has(`custody:${id}/${length}.json`)).toBe(false);
    await noteOpening(world.ports, id, { ...OPENING, caller: 'key' });
    expect(world.blobs.has(`custody:${id}/${length}.json`)).toBe(true);
  });
});

describe('nothing is noted', () => {
  it('of a collection that is not there, nor of one that is not sealed', async () => {
    const world = makeWorld();
    expect(await noteOpening(world.ports, 'f'.repeat(32), OPENING)).toEqual({ noted: 'no sealed package' });
    const { collection } = await receiveAlert(
      world.ports,
      { alertId: ALERT_ID, machineId: MACHINE_ID, severity: null },
      'http',
    );
    expect(await noteOpening(world.ports, collection.id, OPENING)).toEqual({ noted: 'no sealed package' });
    expect(await readLog(world, collection.id)).toHaveLength(1);
  });
});
